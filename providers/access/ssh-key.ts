import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SshKeyArgs } from "./arguments.generated";

/**
 * A pair of keys for SSH: ed25519, or RSA of at least 4096 bits. It is made where Pulumi runs, and is nowhere but in the
 * state; the private half is a secret output, which Pulumi encrypts. A new `rotationTrigger` makes another pair: the
 * new one is made, and handed on, before the old one is forgotten.
 *
 * With `writeTo` the private half stands in Infisical instead, and in no state; another pair is then written in its place.
 * Where somebody has changed it there since, nothing is written: the `up` is refused.
 *
 * ```ts
 * const key = new SshKey("deploy");
 * new SystemUser("deploy", { node: "echo", authorizedKeys: [key.publicKey] });
 * export const privateKey = key.privateKey;
 * ```
 */
export class SshKey extends ProxmoxResource {
  /** One line, as a `.pub` file has it. */
  declare readonly publicKey: pulumi.Output<string>;
  /** Text of the private key in OpenSSH's format, without a passphrase; a secret. Undefined with `writeTo`. */
  declare readonly privateKey: pulumi.Output<string>;
  /** `SHA256:…` of the public key, as `ssh-keygen -l` prints it. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** With `writeTo`: the secret that holds the private half; undefined without. */
  declare readonly reference: pulumi.Output<SecretReference | undefined>;
  /** With `writeTo`: version of that secret. */
  declare readonly storedVersion: pulumi.Output<number | undefined>;

  constructor(name: string, args: SshKeyArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "SshKey",
        outputs: ["publicKey", "privateKey", "fingerprint", "reference", "storedVersion"],
        secretOutputs: ["privateKey", "__storedHash", "__storedKey"],
        marked: args.writeTo !== undefined,
      },
      name,
      args,
      opts,
    );
  }
}
