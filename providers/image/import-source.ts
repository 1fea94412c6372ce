import { wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/**
 * What `import-from` takes for an image. An unpacked one is of content `iso`, which Proxmox refuses there ("needs to be
 * 'images' or 'import'"); its path it takes, from root@pam alone (`check_volume_access` in PVE/Storage.pm).
 */
export async function importSource(pve: Pve, node: string, image: string): Promise<string> {
  const [, storage] = /^([^:]+):iso\//.exec(image) ?? [];
  if (storage === undefined) return image;
  const { identity } = pve.process.connection;
  if (identity !== "root@pam")
    throw new Error(
      `${image} was unpacked by the node, and Proxmox lets only root@pam, logged in by password, import from there ` +
        `(this is ${identity}); name an image that is not packed`,
    );
  const about = await pve.api.nodes.$(node).storage.$(storage).content.$(image).$get();
  const path = wire.string(about["path"]);
  if (path === undefined) throw new Error(`${node} does not say where ${image} is`);
  return path;
}
