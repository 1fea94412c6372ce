// Pulumi's SDK loads the TypeScript compiler and npm's dependency trees when it is loaded itself, although only the
// serialisation of closures needs them, which this library does without. Half of the CPU time of a program's or
// plugin's start goes there. The tests start hundreds of them: here these modules are loaded when they are first used.
// Benchmarks measure what users have, and switch this off.
//
// A language host that was built from Go modules is of an older release (engine/versions.json) and overlooks the
// project's `typescript: false`: the program would load the compiler with ts-node, which no later host does. That is so
// in benchmarks too.
"use strict";
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

if (/[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(process.argv[1] ?? "")) {
  const project = path.join(process.argv[process.argv.indexOf("--pwd") + 1] ?? "", "Pulumi.yaml");
  if (fs.existsSync(project) && /\btypescript: false\b/.test(fs.readFileSync(project, "utf8")))
    process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
}

const lazy = new Set(process.env.PROXMOX_TEST_EAGER ? [] : ["typescript", "@npmcli/arborist"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  if (!lazy.has(request) || !/[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? ""))
    return load.call(this, request, parent, isMain);
  let loaded;
  const real = () => (loaded ??= load.call(Module, request, parent, isMain));
  const get = (_, key) => {
    if (request === "typescript") return real()[key];
    // What TypeScript's interop asks first: so it takes the module as it is, and asks for `default` when it is used.
    if (key === "__esModule") return true;
    return key === "default" ? real() : real()[key];
  };
  return new Proxy({}, { get });
};
