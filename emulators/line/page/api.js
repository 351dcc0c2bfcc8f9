// The control API, as far as the page uses it.

async function call(method, path, body) {
  const response = await fetch(`/emulator${path}`, {
    method,
    headers: body ? { "content-type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await response.json();
  if (!response.ok) {
    const error = new Error(answer.error?.message ?? answer.message ?? "失敗しました");
    error.status = response.status;
    throw error;
  }
  return answer;
}

export const addUser = (displayName) =>
  call("POST", "/users", { display_name: displayName, language: "ja" });

/** The calls of one person. */
export function personApi(userId) {
  const base = `/users/${encodeURIComponent(userId)}`;
  return {
    userId,
    about: () => call("GET", base),
    send: (message) => call("POST", `${base}/messages`, message),
    unsend: (messageId) => call("POST", `${base}/unsend`, { messageId }),
    block: () => call("POST", `${base}/block`),
    unblock: () => call("POST", `${base}/unblock`),
    tapTab: (richMenuAliasId, data) => call("POST", `${base}/menu`, { richMenuAliasId, data }),
    journal: (after) => call("GET", `/journal?user=${encodeURIComponent(userId)}&after=${after}`),
    stream: (after) => new EventSource(`/emulator${base}/stream?after=${after}`),
  };
}

export const contentUrl = (messageId) => `/emulator/content/${encodeURIComponent(messageId)}`;
export const menuImageUrl = (menuId) => `/emulator/menus/${encodeURIComponent(menuId)}/image`;
