import { clusterCertificate, qnetdAuthority } from "../certificates.js";
import type { Simulation } from "../simulation.js";
import { sshOf } from "../ssh/host-key.js";
import type { Ended } from "../ssh/ssh-record.js";
import { shellWords } from "../ssh/words.js";
import { liveNodes } from "../corosync.js";
import type { QnetdMachine } from "../world/qnetd.js";
import { keep, makeDirectories, qnetdStore, storeIn, textAt, writeText } from "./store.js";
import { clientsOf } from "./votes.js";

type Program = (simulation: Simulation, machine: QnetdMachine, args: readonly string[]) => Ended | undefined;

const programs: Readonly<Record<string, Program>> = {
  timeout(simulation, machine, [k, kill = "", seconds = "", ...argv]) {
    const isKnown = k === "-k" && /^\d+$/.test(kill) && /^\d+$/.test(seconds) && argv.length > 0;
    return isKnown ? run(simulation, machine, argv) : undefined;
  },
  test(_, machine, [option, file = "", ...more]) {
    if (option !== "-e" || more.length > 0) return undefined;
    return { code: textAt(sshOf(machine), file) === undefined ? 1 : 0 };
  },
  date: ({ clock }, { clockOffset = 0 }, args) =>
    args.join() === "+%s" ? { code: 0, stdout: `${Math.floor(clock.now() / 1000) + clockOffset}\n` } : undefined,
  "dpkg-query"(_, { installed }, args) {
    if (args.join(" ") !== "-W -f=${db:Status-Status}\\n -- corosync-qnetd") return undefined;
    return installed
      ? { code: 0, stdout: "installed\n" }
      : { code: 1, stderr: "dpkg-query: no packages found matching corosync-qnetd\n" };
  },
  systemctl(_, machine, [verb, unit, ...more]) {
    if (unit !== "corosync-qnetd" || more.length > 0) return undefined;
    if (verb === "is-active")
      return machine.running && machine.installed
        ? { code: 0, stdout: "active\n" }
        : { code: machine.installed ? 3 : 4, stdout: "inactive\n" };
    if ((verb !== "restart" && verb !== "start") || !machine.installed) return undefined;
    if (verb === "start" && machine.running) return { code: 0 };
    // With TLS, which it has unless it is told `-s off`, it ends without its database (corosync-qnetd.c).
    machine.running = machine.tls !== true || storeIn(sshOf(machine), qnetdStore) !== undefined;
    if (machine.running) return { code: 0, seconds: 1 };
    return {
      code: 1,
      stderr: "Job for corosync-qnetd.service failed because the control process exited with error code.\n",
    };
  },
  "corosync-qnetd-tool": tool,
  "corosync-qnetd-certutil": certutil,
};

/** `corosync-qnetd-tool -s` and `-l -c CLUSTER` (qnetd-ipc-cmd.c). */
function tool(simulation: Simulation, machine: QnetdMachine, args: readonly string[]): Ended | undefined {
  if (!machine.running)
    return {
      code: 3,
      stderr: "corosync-qnetd-tool: Can't connect to qnetd socket (is QNetd running?): No such file or directory\n",
    };
  const clusters = connectedTo(simulation, machine);
  if (args.join(" ") === "-s") {
    const clients = [...clusters.values()].flat().length;
    const lines = [
      "QNetd address:\t\t\t*:5403",
      `TLS:\t\t\t\t${machine.tls ? "Supported (client certificate required)" : "Unsupported"}`,
      `Connected clients:\t\t${clients}`,
      `Connected clusters:\t\t${clusters.size}`,
    ];
    return { code: 0, stdout: `${lines.join("\n")}\n` };
  }
  const [l, c, name = "", ...more] = args;
  if (l !== "-l" || c !== "-c" || more.length > 0) return undefined;
  const ids = clusters.get(name);
  if (!ids) return { code: 0, stdout: "" };
  const rows = ids.map((id) => `    Node ID ${id}:\n        Client address:\t\t::ffff:10.0.0.${id}:5${id}000\n`);
  const head = `Cluster "${name}":\n    Algorithm:\t\tFifty-Fifty split\n    Tie-breaker:\tNode with lowest node ID\n`;
  return { code: 0, stdout: head + rows.join("") };
}

/** Clusters by their names, with the numbers of their nodes; two of one name are one to it. */
function connectedTo(simulation: Simulation, machine: QnetdMachine): Map<string, number[]> {
  const found = new Map(Object.entries(machine.others ?? {}));
  for (const { corosync } of Object.values(simulation.world.clusters)) {
    const ids = corosync
      ? clientsOf(simulation, corosync).map(({ name }) => liveNodes(corosync)[name]?.nodeid ?? 0)
      : [];
    if (corosync && ids.length > 0) found.set(corosync.name, [...(found.get(corosync.name) ?? []), ...ids]);
  }
  return found;
}

/** corosync-qnetd-certutil.sh: its last step is an echo, so that it ends well whatever became of the others. */
function certutil(simulation: Simulation, machine: QnetdMachine, args: readonly string[]): Ended | undefined {
  const ssh = sshOf(machine);
  if (!machine.installed) return { code: 127, stderr: "corosync-qnetd-certutil: command not found\n" };
  const store = storeIn(ssh, qnetdStore);
  if (args.join() === "-i") {
    if (store)
      return {
        code: 1,
        stderr: `Certificate database (${qnetdStore}) already exists. Delete it to initialize new db\n`,
      };
    makeAuthority(machine);
    return { code: 0, stdout: `QNetd CA certificate is exported as ${qnetdStore}/qnetd-cacert.crt\n`, seconds: 2 };
  }
  const [s, c, file = "", n, name = "", ...more] = args;
  if (s !== "-s" || c !== "-c" || n !== "-n" || more.length > 0) return undefined;
  const asked = textAt(ssh, file);
  if (asked === undefined) return { code: 2, stderr: `Can't open certificate file ${file}\n` };
  if (!store?.authority?.key) return { code: 1, stderr: "Certificate database doesn't exists. Use -i to create it\n" };
  const request = requestIn(asked);
  if (request) {
    const { authority } = store;
    const made = clusterCertificate({ ...authority, key: authority.key ?? "" }, request.subject);
    const from = simulation.clock.now() + (machine.clockOffset ?? 0) * 1000;
    machine.signed = [...(machine.signed ?? []), { fingerprint: made.fingerprint, key: request.key, from }];
    const der = Buffer.from(made.cert.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
    ssh.files[`${qnetdStore}/cluster-${name}.crt`] = { content: der.toString("base64"), mode: 0o660 };
  }
  return { code: 0, stdout: `Certificate stored in ${qnetdStore}/cluster-${name}.crt\n`, seconds: 1 };
}

function requestIn(text: string): { subject: string; key: string } | undefined {
  return text.startsWith("{") ? (JSON.parse(text) as { subject: string; key: string }) : undefined;
}

/** What `corosync-qnetd-certutil -i` makes. */
export function makeAuthority(machine: QnetdMachine): void {
  const ssh = sshOf(machine);
  const { cert, key, fingerprint } = qnetdAuthority();
  makeDirectories(ssh, qnetdStore);
  keep(ssh, qnetdStore, { keys: [], authority: { cert, key, fingerprint } });
  writeText(ssh, `${qnetdStore}/qnetd-cacert.crt`, `Certificate:\n    Data:\n        Version: 3 (0x2)\n${cert}`);
}

function run(simulation: Simulation, machine: QnetdMachine, [name = "", ...args]: readonly string[]): Ended {
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return (
    program?.(simulation, machine, args) ?? {
      code: 127,
      stderr: `pve-simulator: ${name}: command not found\n`,
      unbuilt: true,
    }
  );
}

export function runOnQnetd(simulation: Simulation, machine: QnetdMachine, line: string): Ended {
  return run(simulation, machine, shellWords(line) ?? []);
}
