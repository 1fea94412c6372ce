import type * as pulumi from "@pulumi/pulumi";
import { ProxmoxResource } from "../kernel/program/resource";
import type { EnvironmentFileArgs } from "./arguments.generated";

export type { EnvironmentFileArgs };

/**
 * A file with the variables by which Terraform and scripts reach Proxmox, on the machine that runs Pulumi: for `source`.
 * Only its owner may read it (0600), it is replaced as a whole, and written again by the next `up` whenever it is missing
 * or differs. Its first line says whose it is: a file that this resource has not written stays, and a symbolic link is not
 * followed. The state holds the token's value encrypted or by reference, and a keyed hash of the file.
 *
 * ```ts
 * const token = new ApiToken("terraform", { user: "terraform@pve" });
 * new EnvironmentFile("env", {
 *   path: "~/.proxmox/env", endpoint: "https://192.168.3.5:8006", tokenId: token.fullTokenId, tokenValue: token.value,
 * });
 * ```
 */
export class EnvironmentFile extends ProxmoxResource {
  /** Absolute path of the file. */
  declare readonly file: pulumi.Output<string>;

  constructor(name: string, args: EnvironmentFileArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "EnvironmentFile",
        outputs: ["file"],
        sensitive: ["tokenValue", "variables.*"],
        secretOutputs: ["__hash", "__key"],
        marked: true,
      },
      name,
      args,
      opts,
    );
  }
}
