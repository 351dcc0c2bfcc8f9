// Zooming and moving the map of reports. Without scripts the whole map is shown.
(() => {
  const map = document.getElementById("map");
  const buttons = document.getElementById("map-buttons");
  if (!map || !buttons) return;
  const whole = map.getAttribute("viewBox").split(" ").map(Number);
  let spots = map.querySelectorAll(".spots circle");
  const size = spots.length ? Number(spots[0].getAttribute("r")) : 0;
  let view = whole.slice();

  const show = () => {
    map.setAttribute("viewBox", view.join(" "));
    const radius = (size * view[2]) / whole[2];
    spots.forEach((spot) => spot.setAttribute("r", radius));
  };
  const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const width = Math.min(whole[2], Math.max(whole[2] / 60, view[2] * factor));
    const real = width / view[2];
    view = [x - (x - view[0]) * real, y - (y - view[1]) * real, width, view[3] * real];
    show();
  };
  // The first step goes to where the reports are, not to the middle of the paper.
  const middle = () => {
    const mean = (name) => {
      const all = [...spots].map((spot) => Number(spot.getAttribute(name)));
      return all.reduce((sum, one) => sum + one, 0) / all.length;
    };
    return spots.length && view[2] === whole[2] ? [mean("cx"), mean("cy")] : [];
  };
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(map.getScreenCTM().inverse());
  };

  // Of many reports the page holds the newest; here all of them take their place.
  const all = async () => {
    const answer = await fetch(map.dataset.spots);
    if (!answer.ok) return;
    const svg = (name, attributes) => {
      const one = document.createElementNS("http://www.w3.org/2000/svg", name);
      Object.entries(attributes).forEach(([key, value]) => one.setAttribute(key, value));
      return one;
    };
    const drawn = (await answer.json()).map(([cx, cy, kind, href, label]) => {
      const link = svg("a", { href, class: kind, "aria-label": label });
      link.append(svg("circle", { cx, cy, r: size }));
      return link;
    });
    map.querySelector(".spots").replaceChildren(...drawn);
    spots = map.querySelectorAll(".spots circle");
    show();
  };
  if (map.dataset.spots) all().catch(() => {});

  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const factor = event.target.dataset.zoom;
    if (factor === undefined) return;
    if (Number(factor)) {
      const [x, y] = middle();
      if (x !== undefined) view = [x - view[2] / 2, y - view[3] / 2, view[2], view[3]];
      zoom(Number(factor));
    }
    else { view = whole.slice(); show(); }
  });
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const point = at(event);
    zoom(event.deltaY > 0 ? 1.25 : 0.8, point.x, point.y);
  }, { passive: false });

  let from = null;
  let moved = false;
  map.addEventListener("pointerdown", (event) => { from = at(event); moved = false; });
  map.addEventListener("pointermove", (event) => {
    if (!from || !event.buttons) return;
    const to = at(event);
    if (Math.hypot(to.x - from.x, to.y - from.y) * 200 < view[2]) return;
    moved = true;
    view[0] -= to.x - from.x;
    view[1] -= to.y - from.y;
    show();
  });
  window.addEventListener("pointerup", () => { from = null; });
  map.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
})();
