import { wire } from "../../pve";
import { otherOwner } from "../checks/declared-twice";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { cephOptionsModel, isSameOption, type CephOptionsInputs } from "./ceph-options.model";
import { sectionsOf } from "./global-conf";
import { setOption, sshProblems, unsetOption } from "./over-ssh";
import { assertFsid, readFsid } from "./pools/pool-rows";
import { readConf } from "./readiness";

interface OptionsState {
  readonly node: string;
  readonly fsid: string;
}

type Options = CephOptionsInputs["options"];
type Value = string | number | boolean;

const entriesOf = (options: Options): { section: string; name: string; value: Value }[] =>
  Object.entries(options).flatMap(([section, values]) =>
    Object.entries(values).map(([name, value]) => ({ section, name, value })),
  );

/** The database, as `section` or `section/mask` and option. */
async function readOptions(pve: Pve, node: string): Promise<Map<string, string>> {
  const answer: unknown = await pve.api.nodes.$(node).ceph.cfg.db.$get();
  if (!Array.isArray(answer)) throw new Error("the answer to what options are set is no list; nothing was changed");
  return new Map(
    wire.list(answer).map((row) => {
      const mask = wire.string(row["mask"]) ?? "";
      const section = `${wire.string(row["section"]) ?? ""}${mask === "" ? "" : `/${mask}`}`;
      return [`${section} ${wire.string(row["name"]) ?? ""}`, wire.string(row["value"]) ?? ""];
    }),
  );
}

/** The daemons take some options back a moment later (osd_max_backfills, unless mClock is told not to). */
const settleMs = 2000;

export const cephOptionsProvider = (session: Session) => {
  return define<CephOptionsInputs, OptionsState>(
    {
      kind: "CephOptions",
      model: cephOptionsModel,
      outputs: ["node", "fsid"],
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "5m" },
      async inspect(call, { node, options }) {
        if (node === undefined || options === undefined) return [];
        const problems: Problem[] = entriesOf(options).flatMap(({ section, name }) => {
          const owner = otherOwner(session, call, `Ceph option ${section} ${name}`);
          if (owner === undefined) return [];
          return [{ path: `options.${section}.${name}`, message: `is set by ${owner} already; keep one of the two` }];
        });
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        return [...problems, ...sshProblems(pve, "setting options of Ceph")];
      },
      async lookup(call, node) {
        const fsid = await readFsid(await session.node(call, node), node);
        return { id: fsid, outputs: { node, fsid } };
      },
      async observe(call, at, wanted) {
        const node = wanted.node ?? at.node;
        const pve = await session.node(call, node);
        await assertFsid(pve, node, at.fsid, "options");
        const there = await readOptions(pve, node);
        const options: Record<string, Record<string, Value>> = {};
        for (const { section, name, value } of entriesOf(wanted.options ?? {})) {
          const live = there.get(`${section} ${name}`);
          if (live !== undefined)
            options[section] = { ...options[section], [name]: isSameOption(value, live) ? value : live };
        }
        return { inputs: { ...wanted, options }, outputs: { ...at, node } };
      },
      async ensure(call, { node, options }, made) {
        const fsid = await readFsid(await session.node(call, node), node);
        made(fsid, { node, fsid });
        call.report.result(`${entriesOf(options).length} options of Ceph`);
        return { id: fsid, at: { node, fsid } };
      },
      async sync(call, at, inputs, was) {
        const { node } = inputs;
        const pve = await session.node(call, node);
        await pve.limits(["ceph:map"], call, async () => {
          await assertFsid(pve, node, at.fsid, "options");
          await apply(pve, call, node, inputs.options, was.options ?? {});
        });
        return { ...at, node };
      },
      async remove(call, at, { options = {}, node = at.node }) {
        const pve = await session.node(call, node);
        await assertFsid(pve, node, at.fsid, "options");
        await pve.limits(["ceph:map"], call, () => apply(pve, call, node, {}, options));
      },
    },
    session,
  );
};

async function apply(pve: Pve, call: Call, node: string, wanted: Options, was: Options): Promise<void> {
  const there = await readOptions(pve, node);
  const set = entriesOf(wanted).filter(({ section, name, value }) => {
    const live = there.get(`${section} ${name}`);
    return live === undefined || !isSameOption(value, live);
  });
  const gone = entriesOf(was).filter(
    ({ section, name }) => wanted[section]?.[name] === undefined && there.has(`${section} ${name}`),
  );
  const problems = overridden(await readConf(pve, node), set);
  if (problems.length > 0) throw new Error(`${problems.join("; ")}; nothing was changed`);
  for (const { section, name, value } of set) {
    await call.safePoint();
    call.report.progress(`setting ${section} ${name}`);
    await setOption(pve, call, node, section, name, String(value));
  }
  for (const { section, name } of gone) {
    await call.safePoint();
    await unsetOption(pve, call, node, section, name);
  }
  if (set.length === 0 && gone.length === 0) return;
  await pve.pause(settleMs);
  const now = await readOptions(pve, node);
  const lost = set.filter(({ section, name, value }) => !isSameOption(value, now.get(`${section} ${name}`) ?? ""));
  if (lost.length > 0)
    throw new Error(
      `Ceph reported no error, and took back ${lost.map(({ section, name }) => `${section} ${name}`).join(", ")}: the daemons ` +
        "do not let it be set (osd_max_backfills and osd_recovery_max_active need osd_mclock_override_recovery_settings)",
    );
  const left = gone.filter(({ section, name }) => now.has(`${section} ${name}`));
  if (left.length > 0)
    throw new Error(`still set, although Ceph reported no error: ${left.map(({ name }) => name).join(", ")}`);
}

/** ceph.conf beats the database, without a word (recorded for Ceph 20.2). */
function overridden(conf: string, set: readonly { section: string; name: string; value: Value }[]): string[] {
  const sections = sectionsOf(conf);
  return set.flatMap(({ section, name, value }) => {
    const [daemon = ""] = section.split("/");
    const kind = daemon.split(".")[0] ?? daemon;
    for (const each of new Set([daemon, kind, "global"])) {
      const written = sections.get(each)?.get(name);
      if (written !== undefined && !isSameOption(value, written))
        return [`${section} ${name}: ceph.conf says ${written} in [${each}], which beats what the monitors keep`];
    }
    return [];
  });
}
