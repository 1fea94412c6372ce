import type { X509Certificate } from "node:crypto";
import { isProxmoxError, type Ssh } from "../../../pve";
import { oneSpelling } from "../../../pve/format/cidr";
import { isMade, onNode } from "../../checks/made-here";
import { sshOf, sshProblem } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { comingNodes } from "../../kernel/session/coming-nodes";
import type { Session } from "../../kernel/session/session";
import type { Problem } from "../../kernel/state/problems";
import type { ClusterQdeviceInputs } from "../cluster-qdevice.model";
import { whereLed, type ClusterView } from "../cluster-view";
import { CorosyncNode } from "../links/corosync-node";
import { readCorosync, strangeBeside, type CorosyncDevice } from "../links/corosync-text";
import { nodePackage, nodeStore, QdeviceNode, qnetdPort, type Store } from "./qdevice-node";
import { qdeviceReason, type Skew } from "./qdevice-commands";
import { QnetdHost, qnetdPackage, qnetdUnit } from "./qnetd-host";

/** What a QDevice is set up with. */
export interface Setting {
  readonly session: Session;
  readonly call: Call;
  readonly pve: Pve;
  readonly inputs: ClusterQdeviceInputs;
}

/** Clocks may differ by so much: a certificate that begins later than now is none. */
const LONGEST_SKEW_MS = 5_000;

type Authority = { readonly text: string; readonly certificate: X509Certificate };

/** All that is to be known, with everything that speaks against it. */
export interface Survey {
  readonly problems: readonly Problem[];
  /** The device that is there; undefined without one. */
  readonly device: CorosyncDevice | undefined;
  readonly authority: Authority | undefined;
  readonly stores: ReadonlyMap<string, Store>;
  /** QNetd has signed a certificate for a cluster of this name before. */
  readonly signedBefore: boolean;
}

export const algorithmOf = ({ algorithm }: Partial<ClusterQdeviceInputs>): "ffsplit" | "lms" => algorithm ?? "ffsplit";

export const isSameHost = (one: string | undefined, other: string): boolean =>
  one !== undefined && oneSpelling(one) === oneSpelling(other);

export async function qnetdOf({ session, call, inputs }: Omit<Setting, "pve">): Promise<QnetdHost | undefined> {
  const { host, ssh, sshFingerprint } = inputs;
  const name = `${host} (QNetd)`;
  const address = ssh ?? (host.includes(":") ? `[${host}]` : host);
  const client = await session.outside({ name, address, fingerprint: sshFingerprint });
  return client && new QnetdHost(client, call, name);
}

async function sshTo({ session, call }: Pick<Setting, "session" | "call">, name: string): Promise<Ssh> {
  return sshOf(await session.node(call, name), "a QDevice", qdeviceReason);
}

export const nodeOf = async (setting: Pick<Setting, "session" | "call">, name: string): Promise<QdeviceNode> =>
  new QdeviceNode(await sshTo(setting, name), setting.call, name);

/** What corosync's file of the node that answers says. */
export async function fileOf(setting: Omit<Setting, "inputs">, view: ClusterView) {
  return readCorosync(await new CorosyncNode(await sshTo(setting, view.local), setting.call, view.local).conf());
}

/** What only the cluster's own words tell: nothing of it needs SSH. */
function clusterProblems(view: ClusterView, inputs: ClusterQdeviceInputs, coming: ReadonlySet<string>): Problem[] {
  const { cluster, host } = inputs;
  if (view.name !== cluster)
    return [
      {
        path: "cluster",
        message: `proxmox:endpoints lead to ${whereLed(view)}, not to ${cluster}; nothing is done to another cluster`,
      },
    ];
  const problems: Problem[] = [];
  const away = view.members.filter((member) => !member.online).map(({ name }) => name);
  if (away.length > 0)
    problems.push({
      path: "cluster",
      message: `${away.join(", ")} is offline: a QDevice is set up and removed while all members are there. Bring it back, or take it out of the cluster`,
    });
  if (!view.quorate)
    problems.push({ path: "cluster", message: `cluster ${cluster} has no quorum; bring nodes back first` });
  const names = new Set([...view.members.map(({ name }) => name), ...coming]);
  const [count, algorithm] = [names.size, algorithmOf(inputs)];
  if (algorithm === "ffsplit" && count % 2 === 1)
    problems.push({
      path: "algorithm",
      message: `${cluster} has ${count} node${count === 1 ? "" : "s"}, an odd number: a vote more lets no other node fail, and a QNetd that is away may then cost the quorum. Leave the QDevice out; algorithm: "lms", of which the reference tells the dangers, is the one for odd numbers`,
    });
  if (algorithm === "lms" && (count % 2 === 0 || count < 3))
    problems.push({
      path: "algorithm",
      message: `${cluster} has ${count} node${count === 1 ? "" : "s"}: lms is for an odd number of three or more; leave it out`,
    });
  const heavy = view.members.filter(({ votes }) => votes !== 1).map(({ name, votes }) => `${name} has ${votes}`);
  if (heavy.length > 0)
    problems.push({
      path: "cluster",
      message: `a QDevice goes with one vote of each node, and ${heavy.join(", ")}: set votes: 1`,
    });
  const own = view.members.find(({ address, links }) =>
    [address, ...Object.values(links)].some((one) => isSameHost(one, host)),
  );
  if (own)
    problems.push({ path: "host", message: `is an address of ${own.name}: the QNetd host stands outside the cluster` });
  return problems;
}

/** What is made now comes before them, unless the program says otherwise; and beside a device nobody joins. */
function notYetThere(
  { members }: ClusterView,
  { cluster }: ClusterQdeviceInputs,
  coming: ReadonlySet<string>,
): Problem[] {
  const late = [...coming].filter((name) => members.every((one) => one.name !== name || one.fingerprint === undefined));
  if (late.length === 0) return [];
  const message = `${late.join(", ")} is to join ${cluster} in this up, and is no member yet: write the output of the Cluster (cluster: lab.name) in place of its name, so that the QDevice comes after it`;
  return [{ path: "cluster", message }];
}

interface Kind {
  /** Packages and nodes may still come by the program. */
  readonly preview: boolean;
  /** The host of a device that goes before, with its certificates. */
  readonly replaced?: string | undefined;
}

/** Looks at all members and at the QNetd host at the same time. */
export async function survey(setting: Setting, view: ClusterView, { preview, replaced }: Kind): Promise<Survey> {
  const { session, call, pve, inputs } = setting;
  const problems = clusterProblems(view, inputs, comingNodes(session));
  if (!preview) problems.push(...notYetThere(view, inputs, comingNodes(session)));
  const none = { device: undefined, authority: undefined, stores: new Map<string, Store>(), signedBefore: false };
  if (problems.length > 0) return { ...none, problems };
  for (const { name } of view.members)
    problems.push(...sshProblem(await session.node(call, name), "cluster", qdeviceReason, `${name}: a QDevice`));
  const qnetd = await qnetdOf(setting);
  if (!qnetd) problems.push(noKey);
  if (!qnetd || problems.length > 0) return { ...none, problems };
  const { clock } = pve.process.connection;
  const now = () => clock.now();
  const file = await looked("cluster", problems, () => fileOf(setting, view));
  if (!file) return { ...none, problems };
  const { device } = file;
  if (replaced === undefined || !isSameHost(device?.host, replaced)) problems.push(...deviceProblems(device, inputs));
  // One that corosync runs with goes with what is beside it.
  if ((!device || replaced !== undefined) && file.besideDevice.length > 0)
    problems.push({ path: "cluster", message: strangeBeside(file.besideDevice) });
  // At another QNetd nobody of this cluster is connected yet.
  const known = replaced !== undefined && !isSameHost(replaced, inputs.host) ? undefined : device;
  // Without a device they are what an interrupted removal has left.
  const running = async (): Promise<number[]> => {
    const ids: number[] = [];
    for (const { name, nodeId } of view.members) if (await (await nodeOf(setting, name)).isRunning()) ids.push(nodeId);
    return ids;
  };
  const seen = await looked("host", problems, () => lookAtQnetd(qnetd, view, inputs, known, now, running));
  problems.push(...(seen?.problems ?? []));
  const stores = new Map<string, Store>();
  await Promise.all(
    view.members.map(async ({ name }) => {
      const found = await looked("cluster", problems, async () => {
        const node = await nodeOf(setting, name);
        const isComing = preview && isMade(session, "package", onNode(name, nodePackage));
        return lookAtNode(node, name, { inputs, qnetd: seen, isComing, isReplaced: replaced !== undefined, now });
      });
      if (!found) return;
      problems.push(...found.problems);
      if (found.store) stores.set(name, found.store);
    }),
  );
  problems.sort((a, b) => (a.message < b.message ? -1 : 1));
  return { problems, device, authority: seen?.authority, stores, signedBefore: seen?.signedBefore ?? false };
}

/** Without the cluster, which is made first, the QNetd host alone can be looked at. */
export async function qnetdProblems(setting: Omit<Setting, "pve">, pve: Pve): Promise<Problem[]> {
  const qnetd = await qnetdOf(setting);
  if (!qnetd) return [noKey];
  const problems: Problem[] = [];
  const { clock } = pve.process.connection;
  const seen = await looked("host", problems, () =>
    lookAtQnetd(
      qnetd,
      undefined,
      setting.inputs,
      undefined,
      () => clock.now(),
      async () => [],
    ),
  );
  return [...problems, ...(seen?.problems ?? [])];
}

const noKey: Problem = {
  path: "ssh",
  message:
    "the QNetd host is reached with a key: set proxmox:sshPrivateKey (or an ssh-agent), and write its public half into /root/.ssh/authorized_keys there. No password of the nodes is told to it",
};

/** What cannot be looked at is told as a problem; it is neither well nor wrong. */
export async function looked<T>(path: string, problems: Problem[], look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isProxmoxError(error, "aborted")) throw error;
    problems.push({ path, message: (error as Error).message });
    return undefined;
  }
}

function deviceProblems(device: CorosyncDevice | undefined, inputs: ClusterQdeviceInputs): Problem[] {
  if (!device) return [];
  const { host, cluster } = inputs;
  const wrong = (path: string, message: string): Problem => ({ path, message });
  if (device.model !== "net" || !isSameHost(device.host, host))
    return [
      wrong(
        "host",
        `${cluster} has a QDevice already, at ${device.host ?? `no host (model ${device.model})`}: describe that one, or remove it (pvecm qdevice remove)`,
      ),
    ];
  const remove = "remove it first (pvecm qdevice remove)";
  if (device.algorithm !== algorithmOf(inputs))
    return [wrong("algorithm", `is ${device.algorithm} of the QDevice that is there: write that, or ${remove}`)];
  const problems: Problem[] = [];
  if (device.tls === "off")
    problems.push(
      wrong("host", `the QDevice that is there goes without TLS (tls: off), and is not taken over: ${remove}`),
    );
  if (device.algorithm === "ffsplit" && device.votes !== "1")
    problems.push(
      wrong(
        "host",
        `the QDevice that is there has ${device.votes ?? "no"} votes, and ffsplit goes with one: ${remove}`,
      ),
    );
  return problems;
}

interface SeenQnetd {
  readonly problems: readonly Problem[];
  readonly authority: Authority | undefined;
  readonly signedBefore: boolean;
  /** It has no database yet, and runs when it has one. */
  readonly isToStart: boolean;
  readonly clock: Skew;
}

async function lookAtQnetd(
  qnetd: QnetdHost,
  view: ClusterView | undefined,
  { cluster, host }: ClusterQdeviceInputs,
  device: CorosyncDevice | undefined,
  now: () => number,
  running: () => Promise<readonly number[]>,
): Promise<SeenQnetd> {
  const problems: Problem[] = [];
  const wrong = (message: string) => void problems.push({ path: "host", message });
  const [name, its, clock] = [await qnetd.hostname(), await qnetd.ownCluster(), await qnetd.clock(now)];
  const seen = { problems, authority: undefined, signedBefore: false, isToStart: false, clock };
  if (its === cluster || view?.members.some((member) => member.name === name && its !== undefined)) {
    wrong(`${host} is ${name}, a member of ${its ?? cluster}: the QNetd host stands outside the cluster`);
    return seen;
  }
  if (!(await qnetd.hasPackage(qnetdPackage))) {
    wrong(`${host} has no ${qnetdPackage}: on it, run apt-get install ${qnetdPackage}`);
    return seen;
  }
  const authority = await looked("host", problems, () => qnetd.authority().then((found) => ({ found })));
  if (!authority) return seen;
  if (!(await qnetd.isActive(qnetdUnit))) {
    // Without its database it cannot run: it is made, and the daemon started.
    if (!authority.found) return { ...seen, isToStart: true };
    wrong(`${qnetdUnit} does not run on ${host}: on it, run systemctl enable --now ${qnetdUnit}`);
    return seen;
  }
  if (!(await qnetd.hasTls())) {
    wrong(
      `${qnetdUnit} on ${host} runs without TLS: take -s off out of its options (/etc/default/${qnetdUnit}), and on it, run systemctl restart ${qnetdUnit} when the clusters that it serves can do without it. It needs its database then: corosync-qnetd-certutil -i makes it where there is none`,
    );
    return seen;
  }
  if (!authority.found) {
    wrong(
      `${qnetdUnit} on ${host} runs with TLS, and its database is gone; look at /etc/corosync/qnetd/nssdb there. It is neither made nor is the daemon started again while clusters may be connected`,
    );
    return seen;
  }
  const connected = (await qnetd.connected(cluster)) ?? [];
  const own = device ? (view?.members.map(({ nodeId }) => nodeId) ?? []) : await running();
  const strangers = connected.filter((id) => !own.includes(id));
  if (strangers.length > 0)
    wrong(
      device
        ? `QNetd at ${host} has nodes ${strangers.join(", ")} of a cluster ${cluster}, which are none of this one's`
        : `QNetd at ${host} has another cluster of the name ${cluster} (nodes ${strangers.join(", ")}), and ${cluster} has no QDevice: clusters are told apart by their names there. Take another QNetd`,
    );
  return { ...seen, authority: authority.found, signedBefore: await qnetd.hasSigned(cluster) };
}

interface NodeLook {
  readonly inputs: ClusterQdeviceInputs;
  readonly qnetd: SeenQnetd | undefined;
  readonly isComing: boolean;
  readonly isReplaced: boolean;
  now(): number;
}

async function lookAtNode(
  node: QdeviceNode,
  name: string,
  { inputs, qnetd, isComing, isReplaced, now }: NodeLook,
): Promise<{ readonly problems: readonly Problem[]; readonly store?: Store }> {
  const { cluster, host } = inputs;
  const problems: Problem[] = [];
  const wrong = (message: string) => void problems.push({ path: "cluster", message });
  const [said, own, skew] = [await node.hostname(), await node.ownCluster(), await node.clock(now)];
  if (said !== name || own !== cluster) {
    wrong(
      `the machine that answers by SSH as ${name} is ${said}, in ${own ?? "no cluster"}: set its address in proxmox:nodes or proxmox:sshAddresses`,
    );
    return { problems };
  }
  if (qnetd?.isToStart !== true && !(await node.reaches(host)))
    wrong(
      `${name} does not reach port ${qnetdPort} of ${host}; look at routes and firewalls, and whether ${qnetdUnit} listens there`,
    );
  if (qnetd) {
    const apart = Math.max(skew[0] - qnetd.clock[1], qnetd.clock[0] - skew[1]);
    if (apart > LONGEST_SKEW_MS)
      wrong(
        `the clocks of ${name} and ${host} are ${Math.round(apart / 1000)} s or more apart: certificates are checked by them. Let chrony set them`,
      );
  }
  if (!(await node.hasPackage(nodePackage))) {
    if (!isComing)
      wrong(
        `${name} has no ${nodePackage}: describe it (new SystemPackage("${name}-qdevice", { node: "${name}", packages: ["${nodePackage}"] }), which the QDevice then depends on), or run apt-get install ${nodePackage} there`,
      );
    return { problems };
  }
  const store = qnetd && !isReplaced ? await node.store(cluster, qnetd.authority?.certificate) : undefined;
  if (store?.kind === "strange")
    wrong(
      `${nodeStore} of ${name} ${store.why}. What is there is not removed: if nothing needs it, run rm -r ${nodeStore} there`,
    );
  return { problems, ...(store ? { store } : {}) };
}
