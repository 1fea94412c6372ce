import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

/** Kernel parameters that every node has, with the values of a fresh one; `max`: what the kernel takes at most. */
const parameters: Readonly<Record<string, { value: string; max?: number }>> = {
  "fs.inotify.max_user_watches": { value: "524288" },
  "kernel.pid_max": { value: "4194304", max: 4194304 },
  "net.core.rmem_max": { value: "212992", max: 2147483647 },
  "net.core.wmem_max": { value: "212992", max: 2147483647 },
  "net.ipv4.ip_forward": { value: "0", max: 1 },
  "net.ipv4.tcp_rmem": { value: "4096\t131072\t6291456" },
  "vm.swappiness": { value: "60", max: 200 },
  "vm.vfs_cache_pressure": { value: "100" },
};

const dotted = (name: string): string => name.replace(/\//g, ".");

/** `sysctl NAME …` and `sysctl -p FILE` of procps; undefined for anything else. */
export function sysctl({ files, node }: Shell, args: readonly string[]): Ended | undefined {
  const [first = "", ...rest] = args;
  if (first === "-p" && rest.length === 1) {
    const file = files.read(rest[0] ?? "");
    if (!file) return { code: 1, stderr: `sysctl: cannot open "${rest[0]}": No such file or directory\n` };
    return load(node, Buffer.from(file.content, "base64").toString("utf8"));
  }
  const names = (first === "--" ? rest : args).map(dotted);
  if (names.length === 0 || names.some((name) => name.startsWith("-") || name.includes("="))) return undefined;
  return each(names, (name) => `${name} = ${node.kernelParameters?.[name] ?? parameters[name]?.value ?? ""}\n`);
}

function each(names: readonly string[], done: (name: string) => string): Ended {
  const missing = names.filter((name) => !parameters[name]);
  return {
    code: missing.length > 0 ? 1 : 0,
    stdout: names
      .filter((name) => parameters[name])
      .map(done)
      .join(""),
    stderr: missing
      .map((name) => `sysctl: cannot stat /proc/sys/${name.replace(/\./g, "/")}: No such file or directory\n`)
      .join(""),
  };
}

/** Takes what a file sets; a value that the kernel refuses is told of, and the others are taken. */
function load(node: NodeState, text: string): Ended {
  let [stdout, stderr] = ["", ""];
  for (const line of text.split("\n")) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const [, given = "", value = ""] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const name = dotted(given);
    const known = parameters[name];
    if (!known) stderr += each([name], String).stderr ?? "";
    else if (!isTaken(known, value)) stderr += `sysctl: setting key "${name}": Invalid argument\n`;
    else {
      node.kernelParameters = { ...node.kernelParameters, [name]: value.replace(/\s+/g, "\t") };
      stdout += `${name} = ${value}\n`;
    }
  }
  return { code: stderr === "" ? 0 : 1, stdout, stderr };
}

function isTaken({ value, max }: { value: string; max?: number }, wanted: string): boolean {
  const numbers = wanted.split(/\s+/);
  if (numbers.length !== value.split("\t").length || !numbers.every((one) => /^-?\d+$/.test(one))) return false;
  return max === undefined || Number(wanted) <= max;
}

/** systemd-sysctl at boot: every file of /etc/sysctl.d, in the order of their names. */
export function bootParameters(node: NodeState): void {
  delete node.kernelParameters;
  for (const name of Object.keys(node.ssh?.files ?? {}).sort())
    if (/^\/etc\/sysctl\.d\/[^/.][^/]*\.conf$/.test(name))
      load(node, Buffer.from(node.ssh?.files[name]?.content ?? "", "base64").toString("utf8"));
}
