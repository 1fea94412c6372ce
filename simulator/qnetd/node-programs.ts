import { liveNodes } from "../corosync.js";
import { randomHex } from "../random.js";
import { sshOf } from "../ssh/host-key.js";
import type { Shell } from "../ssh/node-shell.js";
import type { Ended } from "../ssh/ssh-record.js";
import type { NodeState } from "../world/world.js";
import { base64, certificateFrom, keep, makeDirectories, nodeStore, storeIn, writeText, type Store } from "./store.js";
import { algorithmOf, connection, deviceOf, hasVote, reachesQnetd, votesOf } from "./votes.js";

/** Programs of the package corosync-qdevice, and of what it depends on; undefined for what is not simulated. */
export const qdevicePrograms: Readonly<Record<string, (shell: Shell, args: readonly string[]) => Ended | undefined>> = {
  "corosync-qdevice-net-certutil": (shell, args) => installed(shell) ?? netCertutil(shell, args),
  "corosync-qdevice-tool": (shell, args) => installed(shell) ?? qdeviceTool(shell, args),
  certutil: (shell, args) => installed(shell) ?? certutil(shell, args),
  pk12util: (shell, args) => installed(shell) ?? pk12util(shell, args),
  date: ({ simulation, node }, args) =>
    args.join() === "+%s"
      ? { code: 0, stdout: `${Math.floor(simulation.clock.now() / 1000) + (node.clockOffset ?? 0)}\n` }
      : undefined,
};

const hasPackage = ({ packages }: NodeState): boolean => packages?.installed["corosync-qdevice"] !== undefined;

const installed = ({ node }: Shell): Ended | undefined =>
  hasPackage(node) ? undefined : { code: 127, stderr: "command not found\n" };

const noStore: Ended = { code: 1, stderr: "Certificate database doesn't exists. Use -i to create it\n" };
const notThere: Ended = {
  code: 255,
  stderr: "certutil: function failed: SEC_ERROR_BAD_DATABASE: security library: bad database.\n",
};

/** corosync-qdevice-net-certutil.sh, whose exit code is that of its last step. */
function netCertutil({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const ssh = sshOf(node);
  const { world } = simulation;
  const [operation, option, value = "", ...more] = args;
  if (more.length > 0) return undefined;
  const store = storeIn(ssh, nodeStore);
  if (operation === "-r" && option === "-n") {
    if (!store) return noStore;
    const key = randomHex(world, 32);
    keep(ssh, nodeStore, { ...store, keys: [...store.keys, key] });
    writeText(ssh, `${nodeStore}/qdevice-net-node.crq`, JSON.stringify({ subject: value, key }));
    return { code: 0, stdout: "Creating new certificate request\n", seconds: 1 };
  }
  if (option !== "-c") return undefined;
  const file = ssh.files[value];
  if (!file) return { code: 2, stderr: "Can't open certificate file " + value + "\n" };
  if (operation === "-i") {
    if (store) return { code: 1, stderr: "Certificate database already exists. Delete it to continue\n" };
    makeDirectories(ssh, nodeStore);
    const authority = certificateFrom(file.content);
    writeText(ssh, `${nodeStore}/pwdfile.txt`, "");
    const trusted = authority && { cert: authority.toString(), fingerprint: authority.fingerprint256 };
    keep(ssh, nodeStore, { keys: [], ...(trusted ? { authority: trusted } : {}) });
    return trusted ? { code: 0, seconds: 1 } : { code: 255, stderr: "certutil: could not decode certificate\n" };
  }
  if (!store) return operation === "-M" || operation === "-m" ? noStore : undefined;
  if (operation === "-M") {
    const certificate = certificateFrom(file.content);
    const signed = world.qnetd?.signed?.find(({ fingerprint }) => fingerprint === certificate?.fingerprint256);
    const key = store.keys.find((one) => one === signed?.key);
    // It ends well whatever its steps came to.
    if (!certificate) return { code: 0, stderr: "certutil: could not decode certificate\n" };
    const taken: Store["certificate"] = { cert: certificate.toString(), ...(key === undefined ? {} : { key }) };
    keep(ssh, nodeStore, { ...store, certificate: taken });
    if (key !== undefined) writeText(ssh, `${nodeStore}/qdevice-net-node.p12`, p12Of(taken));
    return { code: 0, stdout: "Importing signed cluster certificate\n", seconds: 1 };
  }
  if (operation !== "-m") return undefined;
  const certificate = fromP12(Buffer.from(file.content, "base64").toString("utf8"));
  if (!certificate) return { code: 17, stderr: "pk12util: PKCS12 decode not verified\n" };
  keep(ssh, nodeStore, { ...store, certificate });
  return { code: 0, stdout: "pk12util: PKCS12 IMPORT SUCCESSFUL\n", seconds: 1 };
}

const p12Of = (certificate: Store["certificate"]): string => `PKCS12 ${base64(JSON.stringify(certificate))}`;

function fromP12(text: string): Store["certificate"] {
  const [, content] = /^PKCS12 ([\w+/=]+)$/.exec(text) ?? [];
  return content === undefined
    ? undefined
    : (JSON.parse(Buffer.from(content, "base64").toString("utf8")) as Store["certificate"]);
}

/** `pk12util -d DB -o FILE -W "" -n "Cluster Cert"`. */
function pk12util({ node, files }: Shell, args: readonly string[]): Ended | undefined {
  const [d, directory, o, file = "", w, password, n, name, ...more] = args;
  const isKnown = [d, o, w, n].join() === "-d,-o,-W,-n" && directory === nodeStore && password === "";
  if (!isKnown || name !== "Cluster Cert" || more.length > 0) return undefined;
  const store = storeIn(sshOf(node), nodeStore);
  if (store?.certificate?.key === undefined)
    return { code: 24, stderr: "pk12util: PKCS12 export failed: no certificate found\n" };
  files.write(file, { content: base64(p12Of(store.certificate)), mode: 0o600 });
  return { code: 0, stdout: "pk12util: PKCS12 EXPORT SUCCESSFUL\n" };
}

/** `certutil -L -d DB` and `certutil -L -d DB -n NAME -a`. */
function certutil({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [l, d, directory, n, name, a, ...more] = args;
  if (l !== "-L" || d !== "-d" || directory !== nodeStore || more.length > 0) return undefined;
  const store = storeIn(sshOf(node), nodeStore);
  if (!store) return notThere;
  const { authority, certificate } = store;
  if (n === undefined) {
    const row = (what: string, trust: string): string => `${what.padEnd(61)}${trust.padEnd(8)}\n`;
    const rows = [
      ...(authority ? [row("QNet CA", "CT,c,c")] : []),
      ...(certificate ? [row("Cluster Cert", certificate.key === undefined ? ",," : "u,u,u")] : []),
    ];
    const head = `\n${row("Certificate Nickname", "Trust Attributes")}${row("", "SSL,S/MIME,JAR/XPI")}\n`;
    return { code: 0, stdout: `${head}${rows.join("")}` };
  }
  if (n !== "-n" || a !== "-a") return undefined;
  const found = name === "QNet CA" ? authority?.cert : name === "Cluster Cert" ? certificate?.cert : undefined;
  return found === undefined
    ? { code: 255, stderr: `certutil: Could not find cert: ${name ?? ""}\n: PR_FILE_NOT_FOUND_ERROR: File not found\n` }
    : { code: 0, stdout: found };
}

/** `corosync-qdevice-tool -s -v` (qdevice-ipc-cmd.c, qdevice-net-ipc-cmd.c). */
function qdeviceTool({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "-s -v") return undefined;
  const text = qdeviceStatus({ simulation, node });
  return text === undefined
    ? {
        code: 3,
        stderr:
          "corosync-qdevice-tool: Can't connect to QDevice socket (is QDevice running?): No such file or directory\n",
      }
    : { code: 0, stdout: text };
}

/** What the daemon says of itself; undefined where it does not run. */
export function qdeviceStatus({ simulation, node }: Pick<Shell, "simulation" | "node">): string | undefined {
  const { corosync } = simulation.clusterOf(node);
  const state = connection(simulation, node);
  if (!corosync || state === "stopped") return undefined;
  const nodes = liveNodes(corosync);
  const ids = (names: readonly string[]): string => names.map((name) => nodes[name]?.nodeid ?? 0).join(", ");
  const device = deviceOf(corosync);
  const all = Object.values(nodes).reduce((sum, { votes }) => sum + votes, votesOf(corosync));
  const casts = hasVote(simulation, node, corosync);
  const algorithm = { ffsplit: "Fifty-Fifty split", lms: "LMS" }[device ? algorithmOf(device) : ""];
  return [
    "Qdevice information",
    "-------------------",
    "Model:\t\t\tNet",
    `Node ID:\t\t${nodes[node.name]?.nodeid ?? 0}`,
    "HB interval:\t\t10000ms",
    "Sync HB interval:\t30000ms",
    "Configured node list:",
    ...Object.values(nodes).map(({ nodeid }, at) => `    ${at}\tNode ID = ${nodeid}`),
    "Heuristics:\t\tDisabled",
    `Membership node list:\t${ids(simulation.membersSeen(node, corosync))}`,
    `Quorate:\t\t${simulation.isQuorate(node) ? "Yes" : "No"}`,
    `Expected votes:\t\t${all}`,
    "",
    "Qdevice-net information",
    "----------------------",
    `Cluster name:\t\t${corosync.name}`,
    `QNetd host:\t\t${device?.net["host"] ?? ""}:5403`,
    `Algorithm:\t\t${algorithm ?? "Test"}`,
    "Tie-breaker:\t\tNode with lowest node ID",
    `Poll timer running:\t${state === "Connected" ? `Yes${casts ? " (cast vote)" : ""}` : "No"}`,
    `State:\t\t\t${state}`,
    "",
  ].join("\n");
}

/** `systemctl VERB corosync-qdevice`; undefined for anything else. */
export function qdeviceUnit({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const [verb = "", unit, ...more] = args;
  if (unit !== "corosync-qdevice" || more.length > 0) return undefined;
  if (!hasPackage(node))
    return verb === "is-active"
      ? { code: 4, stdout: "inactive\n" }
      : { code: 5, stderr: `Failed to ${verb} ${unit}.service: Unit ${unit}.service not loaded.\n` };
  const now = node.qdevice ?? {};
  switch (verb) {
    case "is-active":
      return now.running ? { code: 0, stdout: "active\n" } : { code: 3, stdout: "inactive\n" };
    case "enable":
      node.qdevice = { ...now, enabled: true };
      return { code: 0 };
    case "disable":
      delete now.enabled;
      node.qdevice = now;
      return { code: 0 };
    case "stop":
      delete now.running;
      node.qdevice = now;
      return { code: 0, seconds: 1 };
    case "start": {
      if (now.running) return { code: 0 };
      if (!mayStart(simulation.clusterOf(node).corosync, node))
        return {
          code: 1,
          stderr: `Job for ${unit}.service failed because the control process exited with error code.\n`,
        };
      node.qdevice = { ...now, running: true };
      return { code: 0, seconds: 1 };
    }
    default:
      return undefined;
  }
}

/** It ends at once without its section or its database, and ffsplit with other votes than one each (qdevice-net-algo-ffsplit.c). */
function mayStart(corosync: Shell["simulation"]["world"]["clusters"][string]["corosync"], node: NodeState): boolean {
  const device = corosync && deviceOf(corosync);
  if (!corosync || !device || corosync.dead || node.corosyncStopped) return false;
  if (device.model !== "net" || device.net["host"] === undefined) return false;
  if ((device.net["tls"] ?? "on") !== "off" && !storeIn(sshOf(node), nodeStore)) return false;
  const ones = Object.values(liveNodes(corosync)).every(({ votes }) => votes === 1);
  return algorithmOf(device) !== "ffsplit" || (ones && device.votes === 1);
}

/** At a boot, as systemd starts what is enabled. */
export function bootQdevice(corosync: Parameters<typeof mayStart>[0], node: NodeState): void {
  if (!node.qdevice) return;
  delete node.qdevice.running;
  if (node.qdevice.enabled && mayStart(corosync, node)) node.qdevice.running = true;
}

/** `rm -r -- DB`; undefined for anything else. */
export function removeNodeStore({ node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== `-r -- ${nodeStore}`) return undefined;
  const ssh = sshOf(node);
  const there = ssh.directories.indexOf(nodeStore);
  if (there < 0) return { code: 1, stderr: `rm: cannot remove '${nodeStore}': No such file or directory\n` };
  ssh.directories.splice(there, 1);
  for (const name of Object.keys(ssh.files)) if (name.startsWith(`${nodeStore}/`)) delete ssh.files[name];
  return { code: 0 };
}

/** `bash -c ': <"/dev/tcp/$0/$1"' HOST PORT`: does a port take connections? Undefined for anything else. */
export function connects({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const [c, script, host = "", port, ...more] = args;
  if (c !== "-c" || script !== ': <"/dev/tcp/$0/$1"' || port !== "5403" || more.length > 0) return undefined;
  return reachesQnetd(simulation, node, host)
    ? { code: 0 }
    : { code: 1, stderr: `${host}: line 1: /dev/tcp/${host}/${port}: Connection refused\n` };
}
