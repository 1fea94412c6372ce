// Pulumi's SDK loads the TypeScript compiler and npm's dependency trees when it is loaded itself, although only the
// serialisation of closures needs them, which this library does without. Half of the CPU time of a program's or
// plugin's start goes there. The tests start hundreds of them: here these modules are loaded when they are first used.
// Benchmarks measure what users have, and switch this off.
"use strict";
const Module = require("node:module");

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
