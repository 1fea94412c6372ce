import { isProxmoxError } from "../../pve";
import { declaredTwice } from "../checks/declared-twice";
import type { Call } from "../kernel/call/call";
import { retryLost } from "../kernel/call/retry-lost";
import { define } from "../kernel/define";
import { comingNodes } from "../kernel/session/coming-nodes";
import type { Session } from "../kernel/session/session";
import { clusterQdeviceModel, type ClusterQdeviceInputs } from "./cluster-qdevice.model";
import { clusterView, viewOf, votesOf, whereLed, type ClusterView } from "./cluster-view";
import { removeDevice } from "./qdevice/device-removal";
import { nodePackage, nodeStore } from "./qdevice/qdevice-node";
import { addDevice, assertReady, bringCertificates, bringVotes, NoVote, timeProblems } from "./qdevice/setup";
import { algorithmOf, fileOf, isSameHost, looked, nodeOf, qnetdProblems, survey, type Setting } from "./qdevice/survey";

interface ClusterQdeviceOutputs {
  readonly cluster: string;
  readonly host: string;
  readonly states: Readonly<Record<string, string>>;
  /** SHA-256 of the authority of QNetd: only certificates of this one go with the resource. */
  readonly __authority: string;
  /** The resource has put it into corosync's file, and has seen no vote yet: only then is it taken back when it comes to nothing. */
  readonly __added?: true;
}

export const clusterQdeviceProvider = (session: Session) => {
  const settingOf = async (call: Call, inputs: ClusterQdeviceInputs): Promise<Setting> => ({
    ...{ session, call, inputs },
    pve: await session.pve(call),
  });

  return define<ClusterQdeviceInputs, ClusterQdeviceOutputs>(
    {
      kind: "ClusterQdevice",
      model: clusterQdeviceModel,
      outputs: ["cluster", "host", "states", "__authority", "__added"],
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
      async inspect(call, inputs, was) {
        const problems = declaredTwice(session, call, "cluster", "the QDevice of the cluster belongs to");
        problems.push(...timeProblems(inputs));
        const { cluster, host } = inputs;
        const isSame = was?.cluster === cluster && was?.host === host && algorithmOf(was ?? {}) === algorithmOf(inputs);
        if (host === undefined || (was && isSame)) return problems;
        const pve = await session.look(call);
        if (!pve) return problems;
        const view = await looked("cluster", problems, () => clusterView(pve));
        if (!view) return problems;
        const known = { ...inputs, cluster: cluster ?? view.name ?? "", host };
        // Made before it: until then only the QNetd host can be looked at.
        if (cluster === undefined || (view.name === undefined && comingNodes(session).size > 0)) {
          call.report.result("changes quorum votes, when the cluster is there");
          return [...problems, ...(await qnetdProblems({ session, call, inputs: known }, pve))];
        }
        const seen = await survey({ session, call, pve, inputs: known }, view, { preview: true, replaced: was?.host });
        if (seen.problems.length === 0)
          call.report.result(plan(view, known, was === undefined && seen.device !== undefined, seen.signedBefore));
        return [...problems, ...seen.problems];
      },
      oldGoesFirst: () => true,
      // What is written out as it is anyway changes nothing.
      refine: async (_call, changes, _at, { was, wanted }) =>
        changes.filter(({ path }) => path !== "algorithm" || algorithmOf(was) !== algorithmOf(wanted)),
      async due(_call, { states }) {
        const stopped = Object.keys(states).filter((name) => states[name] === "stopped");
        return stopped.length === 0
          ? undefined
          : `corosync-qdevice is stopped on ${stopped.join(", ")}: will be started`;
      },
      async lookup(call, id) {
        const pve = await session.pve(call);
        const view = await viewOf(pve, id);
        const { device } = await fileOf({ session, call, pve }, view);
        if (!device) throw new Error(`cluster ${id} has no QDevice`);
        const host = device.host ?? "";
        return { id: `${id}/${host}`, outputs: { cluster: id, host, states: await statesOf(session, call, view) } };
      },
      async observe(call, at, wanted) {
        const setting = await settingOf(call, { ...wanted, cluster: at.cluster, host: at.host });
        const view = await clusterView(setting.pve);
        if (view.name !== at.cluster)
          throw new Error(`proxmox:endpoints lead to ${whereLed(view)}, not to ${at.cluster}; set them to its nodes`);
        const { device } = await fileOf(setting, view);
        if (!device) {
          const left = await leftOn(setting, view, at.__authority);
          if (left.length > 0)
            call.report.warn(
              `${at.cluster} has no QDevice any more, and ${left.join(", ")}: described again it is set up again with them; else run systemctl disable --now corosync-qdevice and rm -r ${nodeStore} there`,
            );
          return undefined;
        }
        const states = await statesOf(session, call, view);
        const late = Object.entries(states).filter(([, state]) => state !== "voting");
        if (late.length > 0)
          call.report.warn(
            `the QDevice of ${at.cluster} gives no vote on ${late.map(([name, state]) => `${name} (${state})`).join(", ")}; look at corosync-qnetd on ${at.host}, and at journalctl -u corosync-qdevice`,
          );
        const host = isSameHost(device.host, at.host) ? at.host : (device.host ?? "");
        const algorithm = device.algorithm as ClusterQdeviceInputs["algorithm"];
        return {
          inputs: { ...wanted, cluster: at.cluster, host, algorithm },
          outputs: { ...(late.length === 0 ? withVote(at) : at), host, states },
        };
      },
      async ensure(call, inputs, made) {
        const setting = await settingOf(call, inputs);
        const id = `${inputs.cluster}/${inputs.host}`;
        // The answer to it may be lost: the next attempt finds it there.
        let added = false;
        const at = await retryLost(call, async () => {
          const { view, seen } = await assertReady(setting);
          const __authority = await bringCertificates(setting, view, seen);
          const now = { cluster: inputs.cluster, host: inputs.host, states: {}, __authority };
          made(id, now);
          if (seen.device) return added ? { ...now, __added: true as const } : now;
          const coming = { ...now, __added: true as const };
          // Before it is there: a failure records it, and a later run takes it back.
          made(id, coming);
          added = true;
          await addDevice(setting, view);
          return coming;
        });
        return { id, at };
      },
      async sync(call, at, inputs, _was, creating) {
        const setting = await settingOf(call, inputs);
        const { device } = await fileOf(setting, await clusterView(setting.pve));
        if (!device || !isSameHost(device.host, at.host))
          throw new Error(
            `${at.cluster} has ${device ? `another QDevice, at ${device.host ?? "no host"}` : "no QDevice any more"}: run pulumi refresh, then look at the preview again`,
          );
        const isNew = at.__added === true;
        try {
          const late = await bringVotes(setting, creating || isNew, isNew);
          call.report.result(
            late.length === 0
              ? `${at.cluster} has the vote of QNetd at ${at.host} on all nodes`
              : `${at.cluster} has the QDevice at ${at.host}, without a vote on ${late.join(", ")}`,
          );
          return late.length === 0 ? withVote(at) : at;
        } catch (error) {
          const isOver =
            (isProxmoxError(error, "timeout", "task-failed") || error instanceof NoVote) && !call.signal.aborted;
          if (!isOver || !isNew) throw error;
          throw await takenBack(setting, at.__authority, error);
        }
      },
      async remove(call, at, settings) {
        const setting = await settingOf(call, { ...settings, cluster: at.cluster, host: at.host });
        const stays = await removeDevice(setting, at.__authority);
        call.report.result(
          [
            `${at.cluster} goes on without the vote of QNetd at ${at.host}, which keeps what it has signed`,
            ...stays,
          ].join("; "),
        );
      },
    },
    session,
  );
};

function withVote({ __added: _, ...at }: ClusterQdeviceOutputs): ClusterQdeviceOutputs {
  return at;
}

/** What a removal that was interrupted has left on the members that are there. */
async function leftOn(setting: Setting, { members }: ClusterView, authority: string | undefined): Promise<string[]> {
  const left: string[] = [];
  for (const { name, online } of members) {
    if (!online) continue;
    const node = await nodeOf(setting, name);
    if (!(await node.hasPackage(nodePackage))) continue;
    if (await node.isRunning()) left.push(`${name} runs corosync-qdevice`);
    if (authority !== undefined && (await node.authorityFingerprint()) === authority)
      left.push(`${name} has its certificates`);
  }
  return left;
}

async function statesOf(session: Session, call: Call, { members }: ClusterView): Promise<Record<string, string>> {
  const states: Record<string, string> = {};
  for (const { name, online } of members)
    states[name] = online ? (await (await nodeOf({ session, call }, name)).state()).state : "offline";
  return states;
}

/** What was made comes to nothing: nothing half stays, and the error says which of the two it is. */
async function takenBack(setting: Setting, authority: string, cause: Error): Promise<Error> {
  const why = `the QDevice gave no vote: ${cause.message}`;
  try {
    const stays = await removeDevice(setting, authority);
    return new Error([`${why}. It was taken back`, ...stays].join("; "), { cause });
  } catch (error) {
    return new Error(
      `${why}. It could not be taken back (${(error as Error).message}); run this again, or destroy it`,
      {
        cause,
      },
    );
  }
}

/** What an up will do to the quorum, for the row. */
function plan({ members }: ClusterView, inputs: ClusterQdeviceInputs, isThere: boolean, signedBefore: boolean): string {
  const { cluster, host } = inputs;
  if (isThere) return `takes over the QDevice of ${cluster} at ${host}, which goes when this resource is destroyed`;
  const all = votesOf(members);
  const own = algorithmOf(inputs) === "ffsplit" ? 1 : all - 1;
  const half = (votes: number): number => Math.floor(votes / 2) + 1;
  return [
    `changes quorum votes: ${cluster} gets ${own} of ${all + own} from QNetd at ${host}, and ${half(all + own)} are the quorum (${half(all)} of ${all} before)`,
    ...(signedBefore
      ? [`QNetd has signed for a cluster ${cluster} before: if that was another one, take another name or host`]
      : []),
  ].join("; ");
}
