import { createHash } from "node:crypto";
import { resolve } from "../cluster/links.js";
import { kernelOf, exitsOf } from "../network/kernel.js";
import { isAnswering, pathFrom } from "../network/fabric.js";
import { reloadNetwork } from "../network/reload.js";
import type { Json } from "../call.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

/** Headers of IP and ICMP. */
const headersOf = (address: string): number => (address.includes(":") ? 48 : 28);

/** `ifreload -a`; undefined for anything else. */
export function ifreload({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "-a") return undefined;
  if (node.network.reloading)
    return { code: 89, stderr: "error: Another instance of this program is already running.\n" };
  reloadNetwork(simulation, node);
  return { code: 0, seconds: 2 };
}

/** `flock -n /run/network/.lock true`: does `ifreload` run? Undefined for anything else. */
export function networkLock({ node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "-n /run/network/.lock true") return undefined;
  return { code: node.network.reloading ? 1 : 0 };
}

/** `ip -j addr [show] [dev NAME]`. */
export function ip({ node }: Shell, [json = "", object = "", ...args]: readonly string[]): Ended | undefined {
  const words = args.filter((word) => word !== "show" && word !== "dev");
  const isAddress = /^(?:a|addr|address)$/.test(object);
  if (!/^-j(?:son)?$/.test(json) || !isAddress || words.length > 1) return undefined;
  const [wanted] = words;
  const rows = addressRows(node).filter(({ ifname }) => wanted === undefined || ifname === wanted);
  if (wanted !== undefined && rows.length === 0) return { code: 1, stderr: `Device "${wanted}" does not exist.\n` };
  return { code: 0, stdout: `${JSON.stringify(rows)}\n` };
}

function addressRows({ name, network }: NodeState): ({ ifname: string } & Record<string, Json>)[] {
  const kernel = kernelOf(network);
  const lo = {
    ...{ ifindex: 1, ifname: "lo", flags: ["LOOPBACK", "UP", "LOWER_UP"], mtu: 65536, operstate: "UNKNOWN" },
    ...{ link_type: "loopback", address: "00:00:00:00:00:00" },
    addr_info: [{ family: "inet", local: "127.0.0.1", prefixlen: 8, scope: "host", label: "lo" }],
  };
  const rows = [...kernel.links.values()].map((link, index) => {
    const up = exitsOf(network, kernel, link.name).length > 0;
    const digits = createHash("sha256").update(`${name} ${link.name}`).digest("hex").match(/../g) ?? [];
    return {
      ...{ ifindex: index + 2, ifname: link.name, mtu: link.mtu, operstate: up ? "UP" : "DOWN", link_type: "ether" },
      flags: ["BROADCAST", "MULTICAST", "UP", ...(up ? ["LOWER_UP"] : ["NO-CARRIER"])],
      address: ["bc", "24", "11", ...digits.slice(0, 3)].join(":"),
      addr_info: link.addresses.map((cidr) => {
        const [local = "", bits] = cidr.split("/");
        const family = local.includes(":") ? "inet6" : "inet";
        return { family, local, prefixlen: Number(bits), scope: "global", label: link.name };
      }),
    };
  });
  return [lo, ...rows];
}

interface Ping {
  host: string;
  size: number;
  count: number;
  wait: number;
  whole: boolean;
  quiet: boolean;
}

function pingOf(args: readonly string[]): Ping | undefined {
  const ping: Ping = { host: "", size: 56, count: Infinity, wait: 10, whole: false, quiet: false };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    const value = args[at + 1] ?? "";
    if (["-s", "-c", "-W"].includes(word)) {
      if (!/^\d+$/.test(value)) return undefined;
      if (word === "-s") ping.size = Number(value);
      if (word === "-c") ping.count = Number(value);
      if (word === "-W") ping.wait = Number(value);
      at++;
    } else if (word === "-M") {
      if (value !== "do") return undefined;
      ping.whole = true;
      at++;
    } else if (word === "-q") ping.quiet = true;
    else if (["-n", "-4", "-6", "--"].includes(word)) continue;
    else if (word.startsWith("-") || ping.host !== "") return undefined;
    else ping.host = word;
  }
  return ping.host === "" ? undefined : ping;
}

/** `ping [-M do] [-s SIZE] [-c COUNT] [-W SECONDS] [-n] [-q] [-4|-6] HOST` of iputils. */
export function ping({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const asked = pingOf(args);
  if (!asked || !simulation.world.wiring) return undefined;
  const { host, size, count, wait, whole, quiet } = asked;
  const address = resolve(node, host);
  if (address === undefined) return { code: 2, stderr: `ping: ${host}: Temporary failure in name resolution\n` };
  const path = pathFrom(simulation.world, node, address);
  const bytes = size + headersOf(address);
  const tooLong = whole && path !== undefined && bytes > path.mtu;
  const fits = path !== undefined && (whole ? bytes <= path.carries : Math.min(bytes, path.mtu) <= path.carries);
  const answered = fits && !tooLong && isAnswering(simulation.world, address);
  const received = answered ? count : 0;
  const reply = `${size + 8} bytes from ${address}: icmp_seq=1 ttl=64 time=0.200 ms\n`;
  const lines = [
    `PING ${host} (${address}) ${size}(${bytes}) bytes of data.\n`,
    ...(answered && !quiet
      ? Array.from({ length: count === Infinity ? 0 : count }, (_, at) => reply.replace("seq=1", `seq=${at + 1}`))
      : []),
    `\n--- ${host} ping statistics ---\n`,
    `${count} packets transmitted, ${received} received, ${answered ? 0 : 100}% packet loss, time 0ms\n`,
    ...(answered ? ["rtt min/avg/max/mdev = 0.200/0.200/0.200/0.000 ms\n"] : ["\n"]),
  ];
  return {
    code: answered ? 0 : 1,
    stdout: lines.join(""),
    ...(tooLong ? { stderr: `ping: local error: message too long, mtu=${path.mtu}\n` } : {}),
    seconds: count === Infinity ? Infinity : count - 1 + (answered ? 0 : wait),
  };
}
