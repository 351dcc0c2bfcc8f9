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

export const scenes = async () => (await call("GET", "/scenes")).scenes;
export const addResidents = async (id) =>
  (await call("POST", `/scenes/${encodeURIComponent(id)}/residents`)).users;
export const playStep = (id, number) =>
  call("POST", `/scenes/${encodeURIComponent(id)}/steps/${number}`);

export const addGroup = (name, members) => call("POST", "/groups", { name, members });

/** Everybody and every group that the account is in. */
export async function everybody() {
  const [{ users }, { groups }] = await Promise.all([call("GET", "/users"), call("GET", "/groups")]);
  return [...users, ...groups.filter((group) => group.joined)];
}

const common = (chatId, base) => ({
  journal: (after) => call("GET", `/journal?user=${encodeURIComponent(chatId)}&after=${after}`),
  exchanges: (mark) => call("GET", `/journal?find=${encodeURIComponent(mark)}`),
  harUrl: `/emulator/journal.har?user=${encodeURIComponent(chatId)}`,
  stream: (after) => new EventSource(`/emulator${base}/stream?after=${after}`),
  videoEnded: (trackingId) =>
    call("POST", "/events", { type: "videoPlayComplete", chatId, videoPlayComplete: { trackingId } }),
});

/** The calls of one person. */
export function personApi(userId) {
  const base = `/users/${encodeURIComponent(userId)}`;
  return {
    ...common(userId, base),
    about: () => call("GET", base),
    send: (message) => call("POST", `${base}/messages`, message),
    unsend: (messageId) => call("POST", `${base}/unsend`, { messageId }),
    block: () => call("POST", `${base}/block`),
    unblock: () => call("POST", `${base}/unblock`),
    tapTab: (richMenuAliasId, data) => call("POST", `${base}/menu`, { richMenuAliasId, data }),
  };
}

/** The calls of a group; `speaker` tells whose hands are on the phone right now. */
export function groupApi(groupId, speaker) {
  const base = `/groups/${encodeURIComponent(groupId)}`;
  const as = (more) => ({ userId: speaker(), ...more });
  return {
    ...common(groupId, base),
    about: () => call("GET", base),
    send: (message) => call("POST", `${base}/messages`, as(message)),
    unsend: (messageId) => call("POST", `${base}/unsend`, as({ messageId })),
    edit: (messageId, text) => call("POST", `${base}/edit`, as({ messageId, text })),
    block: () => call("POST", `${base}/remove-bot`),
    unblock: () => call("POST", `${base}/invite`),
  };
}

export const contentUrl = (messageId) => `/emulator/content/${encodeURIComponent(messageId)}`;
export const menuImageUrl = (menuId) => `/emulator/menus/${encodeURIComponent(menuId)}/image`;
