// Loaded into every Node.js process of the tests by NODE_OPTIONS: nothing may leave this machine.
// An attempt fails where it is made and is written to a file that the runner reads, should somebody swallow the failure.
// It prints nothing: the first line of the plugin's standard output is its port.
"use strict";
const dgram = require("node:dgram");
const dns = require("node:dns");
const fs = require("node:fs");
const net = require("node:net");

const loopback = new net.BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
loopback.addSubnet("::ffff:127.0.0.0", 104, "ipv6");

function isLocal(host) {
  if (host === undefined || host === null || host === "" || host === "localhost") return true;
  const bare = String(host).replace(/^\[|\]$/g, "");
  const family = net.isIP(bare);
  return family !== 0 && loopback.check(bare, family === 6 ? "ipv6" : "ipv4");
}

function refuse(what) {
  const error = new Error(`the tests may not leave this machine: ${what}`);
  error.code = "ENETGUARD";
  const file = process.env.NETWORK_GUARD_FILE;
  if (file) fs.appendFileSync(file, `${what} (process ${process.pid}: ${process.argv.slice(1, 3).join(" ")})\n`);
  return error;
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Node itself passes an array that it has normalised already.
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const target = typeof first === "object" && first !== null ? first : { port: first, host: args[1] };
  const host = typeof target.host === "string" ? target.host : undefined;
  // A string that is no port number is the path of a local socket.
  const isPath = target.path !== undefined && target.port === undefined;
  if (!isPath && !isLocal(host)) throw refuse(`connection to ${host}:${target.port}`);
  return connect.apply(this, args);
};

for (const method of ["send", "connect"]) {
  const original = dgram.Socket.prototype[method];
  dgram.Socket.prototype[method] = function (...args) {
    const host = args.slice(1).find((argument) => typeof argument === "string");
    if (!isLocal(host)) throw refuse(`datagram to ${host}`);
    return original.apply(this, args);
  };
}

for (const [holder, promised] of [
  [dns, false],
  [dns.promises, true],
]) {
  for (const name of Object.keys(holder).filter((key) => /^(lookup|resolve|reverse)/.test(key))) {
    const original = holder[name];
    if (typeof original !== "function") continue;
    holder[name] = function (host, ...rest) {
      if (net.isIP(String(host)) !== 0 || isLocal(host)) return original.call(this, host, ...rest);
      const error = refuse(`look-up of ${host}`);
      if (promised) return Promise.reject(error);
      process.nextTick(rest.at(-1), error);
      return {};
    };
  }
}
