/**
 * What a resource leaves in the state file for its own reading and deletion: one line that resolves this package by
 * name from the folder in which the plugin runs. It never changes, or objects made by older versions could not be
 * deleted any more; nothing of ours is serialised beside it, so code changes never show as a diff.
 */
export const providerText = (kind: string): string =>
  `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("pulumi-proxmox-cluster/provider")(${JSON.stringify(kind)})`;
