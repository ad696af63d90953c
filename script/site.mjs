// Writes the site that the server carries: client, styles, chart bundle and static files, each compressed once here
// instead of at every request.
//
//   node script/site.mjs [--fast] DASHBOARD.wasm PAGES.wasm CACHE_DIR
//
// Each part is kept in CACHE_DIR under a hash of what it was made from, so an unchanged part costs nothing. Files that
// a page loads go to target/site/pkg/<build id>/: the build id is a hash of the whole site, so they never change under
// their address. `--fast` leaves out what only a visitor's download needs: optimising and compressing.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import binaryen from "binaryen";
import esbuild from "esbuild";
import * as lightningcss from "lightningcss";

const fast = process.argv.includes("--fast");
const [dashboardWasm, pagesWasm, cacheDir] = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith("--"));
const site = "target/site";
const compressible = /\.(css|html|ico|js|json|svg|txt|wasm|webmanifest|xml)$/;

const tools = ["script/site.mjs", "package-lock.json", "Cargo.lock"];
const parts = {
  dashboard: [[dashboardWasm], (directory) => makeClient("dashboard", dashboardWasm, directory)],
  pages: [[pagesWasm], (directory) => makeClient("pages", pagesWasm, directory)],
  styles: [listFiles("style"), makeStyles],
  echarts: [["frontend/echarts.js"], makeECharts],
};
const packages = Object.entries(parts).map(([name, [sources, make]]) => cached(name, sources, make));
const statics = cached("public", listFiles("public"), copyPublic);

const buildId = hash([...packages, statics].map((part) => hashFiles(listFiles(part), part))).slice(0, 12);
if (writtenBuildId() === buildId) {
  console.log(`site: ${buildId} is up to date`);
} else {
  fs.rmSync(site, { recursive: true, force: true });
  fs.cpSync(statics, site, { recursive: true });
  for (const part of packages) fs.cpSync(part, `${site}/pkg/${buildId}`, { recursive: true });
  // Written last: a site without it is one whose writing was cut short.
  fs.writeFileSync(`${site}/build-id`, buildId);
  console.log(`site: wrote ${site} (${buildId})`);
}

/** A part of the client as wasm and its JavaScript glue. */
function makeClient(part, clientWasm, directory) {
  run("wasm-bindgen", [
    "--target",
    "web",
    "--no-typescript",
    "--out-name",
    part,
    "--out-dir",
    directory,
    clientWasm,
  ]);
  if (fast) return;
  const wasm = `${directory}/${part}_bg.wasm`;
  const glue = `${directory}/${part}.js`;
  dropUncalled(wasm);
  run("node_modules/.bin/wasm-opt", ["-Oz", "--converge", wasm, "-o", wasm]);
  const shorten = [
    "--minify-imports-and-exports-and-modules",
    "--strip-producers",
    "--strip-target-features",
  ];
  const names = execFileSync("node_modules/.bin/wasm-opt", [...shorten, wasm, "-o", wasm]);
  fs.writeFileSync(glue, withShortNames(fs.readFileSync(glue, "utf8"), JSON.parse(names)));
  // Bundling also takes in the script snippets that crates bring along.
  esbuild.buildSync({
    entryPoints: [glue],
    outfile: glue,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
  });
  fs.rmSync(`${directory}/snippets`, { recursive: true, force: true });
}

/**
 * Empties the functions that hydrate a page asynchronously. Every erased view carries a pointer to its own, so no
 * linker can drop them; only lazily loaded routes would call them, and there are none. A call would trap, which the
 * browser tests would notice.
 */
function dropUncalled(wasm) {
  const module = binaryen.readBinary(fs.readFileSync(wasm));
  const functions = Array.from({ length: module.getNumFunctions() }, (_, place) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(place)),
  );
  const uncalled = functions.filter((it) => /hydrate_async(::\{.*\})*$/.test(withoutGenerics(it.name)));
  if (uncalled.length === 0) throw new Error("no function is named hydrate_async: has leptos renamed it?");
  for (const { name, params, results } of uncalled) {
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.unreachable());
  }
  fs.writeFileSync(wasm, module.emitBinary());
  module.dispose();
}

/**
 * The path of a function alone. Others that only have such a function among their types, or lie inside of one, may be
 * merged with code of the same instructions that is called.
 */
function withoutGenerics(name) {
  const shorter = name.replace(/<[^<>]*>|::h[0-9a-f]{16}$/g, "");
  return shorter === name ? name : withoutGenerics(shorter);
}

/**
 * The glue with the names that wasm-opt gave to what the two exchange. wasm-bindgen's own end in hashes, which no
 * compression makes smaller.
 */
function withShortNames(glue, { imports, exports }) {
  const modules = new Set(imports.map(([module]) => module));
  if (modules.size !== 1) throw new Error(`the client imports from more than its glue: ${[...modules]}`);
  const imported = new Map(imports.map(([, name, short]) => [name, short]));
  const exported = new Map(exports);
  return glue
    .replace(/^(\s+)([\w$]+)(?=: function)/gm, (_, indent, name) => indent + (imported.get(name) ?? name))
    .replace(/(?<=\bwasm\.)[\w$]+/g, (name) => exported.get(name) ?? name)
    .replace(JSON.stringify([...modules][0]), '"a"');
}

/** The styles of each part with all that they import. The fast client is one of both parts, and needs all. */
function makeStyles(directory) {
  for (const part of ["dashboard", "pages", "openapi"]) {
    const filename = fast ? "style/main.css" : `style/parts/${part}.css`;
    const { code } = lightningcss.bundle({ filename, minify: !fast });
    fs.writeFileSync(`${directory}/${part}.css`, code);
  }
}

/** The part of ECharts that the charts use. */
function makeECharts(directory) {
  esbuild.buildSync({
    entryPoints: ["frontend/echarts.js"],
    outfile: `${directory}/echarts.js`,
    banner: { js: "/*! Apache ECharts (Apache-2.0), zrender (BSD-3-Clause), tslib (0BSD) */" },
    bundle: true,
    format: "iife",
    legalComments: "none",
    minify: !fast,
    target: "es2022",
  });
}

function copyPublic(directory) {
  fs.cpSync("public", directory, { recursive: true });
}

/** The directory with what `make` writes; made only if no earlier run made it from the same sources and tools. */
function cached(name, sources, make) {
  const key = hashFiles([...sources, ...tools]).slice(0, 16);
  const prefix = fast ? `${name}-fast-` : `${name}-`;
  const directory = path.join(cacheDir, prefix + key);
  if (fs.existsSync(directory)) return directory;

  console.log(`site: making ${name}`);
  fs.mkdirSync(cacheDir, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(cacheDir, ".scratch-"));
  fs.chmodSync(scratch, 0o755);
  try {
    make(scratch);
    if (!fast)
      listFiles(scratch)
        .filter((file) => compressible.test(file))
        .forEach(compress);
    dropEarlier(prefix);
    fs.renameSync(scratch, directory);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return directory;
}

function dropEarlier(prefix) {
  const earlier = new RegExp(`^${prefix}[0-9a-f]{16}$`);
  for (const entry of fs.readdirSync(cacheDir).filter((entry) => earlier.test(entry))) {
    fs.rmSync(path.join(cacheDir, entry), { recursive: true });
  }
}

function compress(file) {
  const contents = fs.readFileSync(file);
  const { BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_LGWIN } = zlib.constants;
  const params = { [BROTLI_PARAM_SIZE_HINT]: contents.length, [BROTLI_PARAM_LGWIN]: 24 };
  fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(contents, { params }));
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(contents, { level: 9 }));
}

/** A hash of the files' contents and of their paths below `base`. */
function hashFiles(files, base = ".") {
  return hash(files.flatMap((file) => [path.relative(base, file), fs.readFileSync(file)]));
}

function hash(values) {
  const all = createHash("sha256");
  for (const value of values) all.update(`${value.length}:`).update(value);
  return all.digest("hex");
}

function listFiles(directory) {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function writtenBuildId() {
  const file = `${site}/build-id`;
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

function run(command, args) {
  execFileSync(command, args, { stdio: "inherit" });
}
