// Our own little drawings. The numbers are those of stickers that a bot may send; the pictures are not.

import { drawing } from "./dom.js";

const INK = { stroke: "#23303f", "stroke-width": 3.5, fill: "none", "stroke-linecap": "round" };
const eye = (x, y = 44) => ["circle", { cx: x, cy: y, r: 4, fill: "#23303f" }];
const line = (d, more = {}) => ["path", { d, ...INK, ...more }];
const word = (text, y = 92) => [
  "text",
  { x: 50, y, text, "text-anchor": "middle", "font-size": 15, "font-weight": 700, fill: "#23303f" },
];
const face = (fill, ...rest) => [["circle", { cx: 50, cy: 46, r: 34, fill }], ...rest];

const DRAWINGS = {
  1988: ["にっこり", face("#ffd76a", eye(38), eye(62), line("M36 56q14 14 28 0"))],
  1989: ["ありがとう", face("#ffc2b0", line("M33 45q5-6 10 0"), line("M57 45q5-6 10 0"), line("M40 58q10 8 20 0"), word("ありがとう", 96))],
  1990: ["OK", face("#b5e3c4", eye(38), line("M56 44h12"), line("M38 57q12 10 24 0"), word("OK", 96))],
  1991: ["困った", face("#bcd7f2", eye(38, 46), eye(62, 46), line("M32 36l9-3"), line("M68 36l-9-3"), line("M40 64q10-9 20 0"))],
  1992: ["びっくり", face("#e3cdf3", eye(37, 42), eye(63, 42), ["ellipse", { cx: 50, cy: 61, rx: 6, ry: 8, ...INK }])],
  1993: ["雪だるま", [["circle", { cx: 50, cy: 66, r: 26, fill: "#fff", stroke: "#23303f", "stroke-width": 3 }], ["circle", { cx: 50, cy: 28, r: 18, fill: "#fff", stroke: "#23303f", "stroke-width": 3 }], eye(44, 26), eye(56, 26), line("M45 34q5 4 10 0"), line("M35 44h30", { stroke: "#b3372f", "stroke-width": 6 })]],
};

export const STICKERS = Object.entries(DRAWINGS).map(([stickerId, [name]]) => ({
  packageId: "446",
  stickerId,
  name,
}));

/** Return the drawing of a sticker; an unknown one is shown by its numbers. */
export function sticker({ packageId, stickerId }) {
  const known = packageId === "446" ? DRAWINGS[stickerId] : undefined;
  if (known) return drawing(100, known[1], `スタンプ: ${known[0]}`);
  const frame = ["rect", { x: 8, y: 8, width: 84, height: 84, rx: 14, fill: "#eef1f5", stroke: "#66727f" }];
  const numbers = { "text-anchor": "middle", "font-size": 12, fill: "#3b4754", x: 50 };
  return drawing(
    100,
    [
      frame,
      ["text", { ...numbers, y: 46, text: "スタンプ" }],
      ["text", { ...numbers, y: 64, text: `${packageId}-${stickerId}` }],
    ],
    `スタンプ ${packageId}-${stickerId}`,
  );
}
