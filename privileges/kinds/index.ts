import { nothing, type KindCalls } from "../calls";
import { accessKinds } from "./access-kinds";
import { backupKinds } from "./backup-kinds";
import { cephKinds } from "./ceph-kinds";
import { firewallKinds } from "./firewall-kinds";
import { guestKinds } from "./guest-kinds";
import { haKinds } from "./ha-kinds";
import { clusterKinds, nodeKinds } from "./node-kinds";
import { sdnKinds } from "./sdn-kinds";

/** What is in no cluster: files and values. */
const elsewhere = ["EnvironmentFile", "InfisicalSecret", "SshKey", "StackIdentity"];

/** What each kind of resource may ask of the API. */
export const kinds: Readonly<Record<string, KindCalls>> = {
  ...accessKinds,
  ...backupKinds,
  ...cephKinds,
  ...clusterKinds,
  ...firewallKinds,
  ...guestKinds,
  ...haKinds,
  ...nodeKinds,
  ...sdnKinds,
  ...Object.fromEntries(elsewhere.map((kind) => [kind, () => nothing])),
};
