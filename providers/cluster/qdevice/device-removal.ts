import { clusterView, votesOf, whereLed, type ClusterView } from "../cluster-view";
import { changeOnce } from "../links/link-change";
import { nodePackage, nodeStore } from "./qdevice-node";
import { deadBesideQdevice } from "./two-nodes";
import { fileOf, isSameHost, nodeOf, type Setting } from "./survey";

/** Why its vote cannot be done without; nothing where it can. */
function needOf({ quorate, members }: ClusterView): string | undefined {
  const away = members.filter(({ online }) => !online);
  if (quorate && away.length === 0) return undefined;
  if (!quorate) return "the cluster has no quorum: bring nodes back first";
  const [left, all] = [votesOf(members.filter(({ online }) => online)), votesOf(members)];
  const names = away.map(({ name }) => name).join(", ");
  return left * 2 > all
    ? `${names} is offline, and would not hear of it: bring it back first. ${deadBesideQdevice(names)}`
    : `${names} is offline: without the QDevice there would be ${left} of ${all} votes, and no quorum. Bring nodes back first. ${deadBesideQdevice(names)}`;
}

/**
 * First the device goes out of corosync's file, for all nodes at once; then each node's daemon, and its certificates, if they are
 * those of this QNetd. Interrupted at any moment, the next one goes on. Returns what stays on the nodes.
 */
export async function removeDevice(setting: Setting, authority: string | undefined): Promise<string[]> {
  const { call, pve, inputs } = setting;
  const { cluster, host } = inputs;
  const view = await clusterView(pve);
  if (view.name !== cluster)
    throw new Error(
      `proxmox:endpoints lead to ${whereLed(view)}, not to ${cluster}: nothing was changed. If there is no such cluster any more, take the resource out of the state (pulumi state delete)`,
    );
  const need = needOf(view);
  if (need !== undefined) throw new Error(`the QDevice of ${cluster} stays: ${need}`);
  const nodes = await Promise.all(view.members.map(async ({ name }) => ({ name, node: await nodeOf(setting, name) })));
  for (const { name, node } of nodes) {
    const [said, own] = [await node.hostname(), await node.ownCluster()];
    if (said !== name || own !== cluster)
      throw new Error(
        `the machine that answers by SSH as ${name} is ${said}, in ${own ?? "no cluster"}: nothing was changed`,
      );
  }
  const { device } = await fileOf(setting, view);
  if (device && !isSameHost(device.host, host))
    throw new Error(
      `${cluster} has another QDevice, at ${device.host ?? "no host"}, than the one at ${host} that the state knows: nothing was changed. Run pulumi refresh`,
    );
  if (device) {
    const members = view.members.map(({ name }) => name);
    await changeOnce(
      { ...setting, cluster },
      { what: `takes the QDevice at ${host} away`, device: { members, host: device.host ?? host } },
    );
  }
  const stays: string[] = [];
  for (const { name, node } of nodes) {
    // Somebody may have set another one up meanwhile.
    if ((await fileOf(setting, view)).device)
      throw new Error(
        `${cluster} has got another QDevice meanwhile: its daemons and certificates are left as they are`,
      );
    call.report.progress(`${name}: stops corosync-qdevice`);
    // Without the package there is no daemon, and nothing to look at certificates with.
    if (!(await node.hasPackage(nodePackage))) {
      if (await node.hasStore()) stays.push(`${name} keeps ${nodeStore}, for it has no ${nodePackage}`);
      continue;
    }
    await node.stop();
    await node.removeTemporary();
    if (!(await node.hasStore())) continue;
    const own = await node.authorityFingerprint();
    if (own === undefined)
      stays.push(`${name} keeps ${nodeStore}, which is not finished: if nothing needs it, remove it`);
    else if (own === authority) await node.removeStore();
    else stays.push(`${name} keeps certificates of another QNetd`);
  }
  return stays;
}
