import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";
import { ProxmoxResource } from "../kernel/program/resource";
import type { ApiTokenArgs } from "./arguments.generated";

export type { ApiTokenArgs };

/**
 * An API token of a user. Proxmox tells its value once: it is an output, encrypted in the state as Pulumi encrypts
 * secrets, and a lost one is made anew. By default the token may do only what `rights` say.
 *
 * A new `rotationTrigger`, the age `rotateAfter`, or the order `proxmox:rotate` in the config, makes a new token with the
 * same rights, proves it with a call, and hands it on; the old one works for `overlap` longer, and ends by itself then.
 * There are never more than two. Whenever a run is killed, the token in the state works.
 *
 * ```ts
 * const token = new ApiToken("ci", {
 *   user: "ci@pve", rights: [{ path: "/pool/web", role: "PVEVMAdmin" }], rotateAfter: "30d", overlap: "1d",
 * });
 * const ci = new Provider("ci", { "proxmox:tokenId": token.fullTokenId, "proxmox:tokenSecret": token.value });
 * ```
 *
 * With `writeTo` it is handed to Infisical instead, as one secret with id and value: a rotation writes the new one when it is
 * proved, and revokes the old one after that. Whenever a run is killed, the token in the store works.
 *
 * Needs `User.Modify` on `/access/groups`, and `Permissions.Modify` where it gives rights.
 */
export class ApiToken extends ProxmoxResource {
  /** Id of the token in use, `user@realm!name`. A rotation changes it. */
  declare readonly fullTokenId: pulumi.Output<string>;
  /** The token's value, a UUID; a secret. Undefined with `writeTo`. */
  declare readonly value: pulumi.Output<string>;
  /** Id and value, as the header and other programs take them: `user@realm!name=value`; a secret. Undefined with `writeTo`. */
  declare readonly apiToken: pulumi.Output<string>;
  /** When the token in use was made; undefined where it is not known, which `proxmox:rotate` and `rotateAfter` take for too old. */
  declare readonly madeAt: pulumi.Output<string>;
  /** With `writeTo`: the secret that holds id and value, for arguments and a `Provider`; undefined without. */
  declare readonly reference: pulumi.Output<SecretReference | undefined>;
  /** With `writeTo`: version of that secret. */
  declare readonly storedVersion: pulumi.Output<number | undefined>;
  /** From when on an `up` makes the next one; undefined without `rotateAfter`. */
  declare readonly rotatesAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: ApiTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "ApiToken",
        outputs: ["fullTokenId", "value", "apiToken", "madeAt", "rotatesAt", "reference", "storedVersion"],
        secretOutputs: ["value", "apiToken"],
        marked: true,
      },
      name,
      args,
      opts,
    );
  }
}
