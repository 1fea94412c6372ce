import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { newPool } from "../../../simulator/ceph/pools.js";
import { runCeph } from "../../../simulator/ceph/command-line.js";
import { command } from "../../../simulator/ceph/commands/index.js";
import { writeObjects } from "../../../simulator/ceph/objects.js";
import { shellWords } from "../../../simulator/ssh/words.js";
import { differences } from "../normalise.js";
import { masked, maskedText } from "./mask.js";
import { RecordedCluster } from "./recorded-cluster.js";

/** A recorded command; the format is described in test/recorded/ceph/README.md. */
interface Line {
  readonly n: number;
  readonly state: string;
  readonly t?: number;
  readonly cmd: string;
  readonly args?: Readonly<Record<string, unknown>> | null;
  readonly via?: string | null;
  readonly format?: string | null;
  readonly rc?: number | null;
  readonly stdout?: unknown;
  readonly stderr?: string | null;
  readonly partial?: boolean;
}

interface Outcome {
  readonly line: Line;
  readonly received: unknown;
  readonly differences: readonly string[];
}

const folder = path.join(__dirname, "..", "..", "..", "..", "test", "recorded", "ceph");

export function readLines(name: string): Line[] {
  const file = fs.readdirSync(folder).find((each) => each.startsWith(name));
  const text = gunzipSync(fs.readFileSync(path.join(folder, file ?? ""))).toString("utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** What was done to the machines before a line; the recordings tell it in their states and events. */
type Deeds = Readonly<Record<number, (cluster: RecordedCluster) => void>>;

const write =
  (name: string, count: number, size: number) =>
  (lab: RecordedCluster): void =>
    void writeObjects(lab.ceph.cluster, name, count, size);

const deeds: Readonly<Record<string, Deeds>> = {
  "10": {
    9: (lab) => lab.addMon("foxtrot"),
    122: (lab) => lab.addMon("golf"),
    126: (lab) => lab.addMon("hotel"),
    183: (lab) => {
      lab.addMgr("foxtrot");
      lab.wait(15);
    },
    188: (lab) => {
      lab.addMgr("golf");
      lab.addMgr("hotel");
      lab.wait(15);
    },
    256: (lab) => {
      lab.addOsd("foxtrot");
      lab.wait(10);
    },
    325: (lab) => {
      for (let id = 1; id < 12; id++) lab.addOsd(["foxtrot", "golf", "hotel"][Math.floor(id / 4)]!);
      lab.wait(10);
    },
    // what the balancer has decided by then
    540: (lab) => lab.balance(),
  },
  "20": {
    5: (lab) => {
      write("vm_ssd", 359, 4 * 2 ** 20)(lab);
      write("vm_containers", 4624, 16 * 1024)(lab);
    },
    134: (lab) => lab.daemon("osd.3", false),
    176: (lab) => lab.startOsd(3, "foxtrot"),
    194: (lab) => lab.daemon("osd.7", false),
    276: (lab) => lab.startOsd(7, "golf"),
    295: (lab) => {
      lab.ceph.cluster.config.push({ section: "osd", mask: "", name: "osd_max_pg_log_entries", value: "10" });
      write("vm_ssd", 8000, 8192)(lab);
      write("vm_containers", 6800, 8192)(lab);
    },
    488: (lab) => lab.daemon("osd.5", false),
    579: (lab) => lab.startOsd(5, "golf"),
    605: (lab) => lab.daemon("osd.5", false),
    690: (lab) => lab.daemon("osd.5", true),
  },
  "30": {
    1: (lab) => void (lab.ceph.cluster.osdmap.poolMax = 4),
  },
  "50": {
    1: (lab) =>
      void lab.ceph.cluster.config.unshift({
        section: "global",
        mask: "",
        name: "osd_pool_default_pg_autoscale_mode",
        value: "on",
      }),
  },
  "40": {
    1: (lab) => {
      for (const [name, size] of [
        ["bad1", 3],
        ["x", 1],
      ] as const) {
        const pool = newPool(lab.ceph, { name, pgNum: 32, size });
        lab.wait(20);
        // recording 30 had left them some minutes before
        pool.created -= 165_000;
      }
    },
    159: (lab) => {
      for (const name of ["bad1", "x"])
        command(lab.ceph, "osd pool delete", { pool: name, pool2: name, yes_i_really_really_mean_it: true });
    },
    38: (lab) => {
      lab.addMon("india", "hotel");
      lab.ceph.cluster.monmap.mons.find(({ name }) => name === "india")!.address = "10.15.15.4";
    },
    66: (lab) => lab.daemon("mon.hotel", false),
    84: (lab) => lab.daemon("mon.golf", false),
    98: (lab) => lab.daemon("mon.golf", true),
    101: (lab) => lab.daemon("mon.hotel", true),
    121: (lab) => lab.addMon("golf"),
    122: (lab) => lab.addMon("hotel"),
    138: (lab) => lab.daemon("mgr.foxtrot", false, true),
    142: (lab) => {
      for (const name of ["foxtrot", "golf", "hotel"]) lab.daemon(`mgr.${name}`, false);
    },
    157: (lab) => {
      for (const name of ["foxtrot", "golf", "hotel"]) lab.daemon(`mgr.${name}`, true);
    },
    160: (lab) => {
      for (const name of ["golf", "hotel"]) lab.daemon(`mon.${name}`, false);
      lab.wait(30);
    },
    167: (lab) => {
      for (const name of ["golf", "hotel"]) lab.daemon(`mon.${name}`, true);
    },
  },
  "60": {
    1: (lab) => {
      write("vm_ssd", 316, 4 * 2 ** 20)(lab);
      write("vm_containers", 4667, 64 * 1024)(lab);
      lab.ceph.cluster.osdmap.poolMax = 19;
    },
    // a pool of other work
    24: (lab) => void Object.assign(newPool(lab.ceph, { name: "auto", pgNum: 128 }), { applications: { rbd: {} } }),
    31: (lab) => lab.addMds("golf"),
    38: (lab) => lab.addMds("hotel"),
    60: (lab) => lab.daemon("mds.golf", false),
    62: (lab) => lab.daemon("mds.golf", true),
    106: (lab) => {
      for (const name of ["mds.golf", "mds.hotel"]) lab.daemon(name, false);
    },
  },
};

/** Whether a line is a command that the model answers: not one of rados or rbd, nor a note of the recorder. */
const isCommand = ({ cmd, via }: Line): boolean =>
  (via === "librados" && !/^rados_connect/.test(cmd)) ||
  (via === "cli" && /^ceph /.test(cmd) && !/^ceph (?:daemon|tell|ping)\b/.test(cmd));

/** Replays recording 10 from the first monitor on, or one of the recordings 20 to 60 against the cluster that it ends with. */
export function replayCommands(name: string): Outcome[] {
  const lab = name === "10" ? new RecordedCluster() : new RecordedCluster().complete();
  const own = deeds[name] ?? {};
  const outcomes: Outcome[] = [];
  let shift = 0;
  let last = 0;
  let start: number | undefined;
  let before = 0;
  for (const line of readLines(name)) {
    for (const n of Object.keys(own).map(Number)) if (n > before && n <= line.n) own[n]?.(lab);
    before = line.n;
    // What was done before the first line has taken its own time.
    start ??= lab.simulation.clock.now();
    if (line.t !== undefined) {
      if (line.t < last) shift += last;
      last = line.t;
      const due = start + (shift + line.t) * 1000;
      const late = due - lab.simulation.clock.now();
      if (late > 0) lab.simulation.clock.advance(late);
    }
    // Before the first monitor there is nothing to answer, and OSDs are made by what was done to the machines.
    if (name === "10" && (line.n < 11 || line.cmd === "osd new")) continue;
    if (!isCommand(line) || line.rc === undefined || line.rc === null) continue;
    outcomes.push(answer(lab, line));
  }
  return outcomes;
}

function answer(lab: RecordedCluster, line: Line): Outcome {
  const received = line.via === "cli" ? byCli(lab, line) : byLibrados(lab, line);
  const recorded = {
    rc: line.rc,
    status: maskedText(line.stderr ?? ""),
    out: masked(line.stdout === null ? "" : line.stdout),
  };
  const shown = { rc: received.rc, status: maskedText(received.status), out: masked(onlyRecorded(line, received.out)) };
  return { line, received, differences: differences(recorded, shown, line.cmd) };
}

/** Of `status` the recorder kept only some parts when it says so. */
function onlyRecorded({ partial, stdout }: Line, out: unknown): unknown {
  if (!partial || typeof out !== "object" || out === null) return out;
  const kept = Object.keys(stdout as object);
  return Object.fromEntries(Object.entries(out).filter(([key]) => kept.includes(key)));
}

interface Received {
  rc: number;
  status: string;
  out: unknown;
}

function byLibrados(lab: RecordedCluster, { cmd, args, format }: Line): Received {
  const json = format === "json";
  const reply = command(lab.ceph, cmd, { ...args, format: json ? "json" : "plain" });
  const out = json ? (reply.json ?? reply.plain ?? "") : (reply.plain ?? (reply.json === undefined ? "" : "<no text>"));
  return { rc: reply.rc, status: reply.status ?? "", out };
}

function byCli(lab: RecordedCluster, { cmd, format }: Line): Received {
  const words = shellWords(cmd.trim()) ?? [];
  const { code, stdout = "", stderr = "" } = runCeph(lab.simulation, lab.simulation.node("foxtrot"), words.slice(1));
  return {
    rc: code,
    status: stderr,
    out: format === "json" && /^\s*[[{]/.test(stdout) ? (JSON.parse(stdout) as unknown) : stdout,
  };
}
