// Prints what a visitor downloads against the budget, and fails when it is over. Sizes are brotli's, in kilobytes of
// 1,000 bytes, read from the files that the server sends.
import fs from "node:fs";

const site = "target/site";
const directory = `${site}/pkg/${fs.readFileSync(`${site}/build-id`, "utf8").trim()}`;
const budget = [
  {
    what: "dashboard, before the charts",
    limit: 300,
    files: ["dashboard_bg.wasm", "dashboard.js", "dashboard.css"],
  },
  { what: "other pages", limit: 300, files: ["pages_bg.wasm", "pages.js", "pages.css"] },
  { what: "chart library", limit: 205, files: ["echarts.js"] },
  { what: "script for chat widgets", limit: 2, files: ["../../parlance.js"] },
];

const kilobytes = (file) => fs.statSync(`${directory}/${file}.br`).size / 1000;
const line = (what, size, limit, note = "") =>
  console.log(
    `${what.padEnd(30)} ${String(size).padStart(9)} ${String(limit).padStart(9)}  ${note}`.trimEnd(),
  );

line("download (brotli)", "KB", "at most");
for (const { what, limit, files } of budget) {
  const size = files.reduce((sum, file) => sum + kilobytes(file), 0);
  const over = size > limit;
  line(what, size.toFixed(1), limit, over ? "OVER BUDGET" : "");
  if (files.length > 1) for (const file of files) line(`  ${file}`, kilobytes(file).toFixed(1), "");
  if (over) process.exitCode = 1;
}
