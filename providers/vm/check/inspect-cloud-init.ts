import type { SnapshotStorage } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { fileStorages, noStorage, withoutSsh } from "../../snippet/directory";
import { imageCarriesNone } from "../cloud-init/cloud-init-files";
import { hasOwnData, withSnippetsOnly, type CloudInit } from "../cloud-init/cloud-init.model";
import type { VmConfig } from "../config/vm-config";

/** Can own data get to the guest, and on which storage? Told in preview, before anything is made. */
export function checkOwnData(
  pve: Pve,
  storages: readonly SnapshotStorage[],
  cloudInit: CloudInit | undefined,
  nodes: readonly (string | undefined)[],
  was: CloudInit | undefined,
): Problem[] {
  if (!cloudInit || !hasOwnData(cloudInit)) return [];
  if (cloudInit.via === "snippets" && !pve.process.ssh)
    return [{ path: "cloudInit.via", message: `"snippets" ${withoutSsh}; or write via: "iso"` }];
  // A guest that has its data on an image keeps them there; then this is told when it is changed.
  const via = cloudInit.via ?? (pve.process.ssh ? "snippets" : "iso");
  const problems: Problem[] = [];
  if (via === "iso" && !hasOwnData(was))
    for (const field of withSnippetsOnly(cloudInit))
      problems.push({ path: `cloudInit.${field}`, message: imageCarriesNone });
  const content = via === "iso" ? "iso" : "snippets";
  for (const node of nodes) {
    if (node === undefined || storages.length === 0) continue;
    const fitting = fileStorages(storages, node, content).map(({ storage }) => storage);
    const { dataStorage } = cloudInit;
    if (fitting.length === 0) problems.push({ path: "cloudInit.dataStorage", message: noStorage(node, content) });
    else if (dataStorage !== undefined && !fitting.includes(dataStorage))
      problems.push({
        path: "cloudInit.dataStorage",
        message: `${dataStorage} is no storage of node ${node} that allows content ${content}; these do: ${fitting.join(", ")}`,
      });
  }
  return problems;
}

/** A machine that nobody can log in to: neither a key nor a password, not by own data nor by its template. */
export function noLogin(cloudInit: CloudInit | undefined, template: VmConfig | undefined): string | undefined {
  if (!cloudInit || cloudInit.userData !== undefined) return undefined;
  if (cloudInit.password !== undefined || (cloudInit.sshKeys?.length ?? 0) > 0) return undefined;
  const inherited = template?.config ?? {};
  if (inherited["sshkeys"] || inherited["cipassword"] || inherited["cicustom"]) return undefined;
  return "cloudInit has neither sshKeys nor a password: nobody will be able to log in, unless the image itself lets somebody in";
}
