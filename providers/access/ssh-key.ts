import type * as pulumi from "@pulumi/pulumi";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SshKeyArgs } from "./arguments.generated";

/**
 * A pair of keys for SSH: ed25519, or RSA of at least 4096 bits. It is made where Pulumi runs, and is nowhere but in the
 * state; the private half is a secret output, which Pulumi encrypts. A new `rotationTrigger` makes another pair: the
 * new one is made, and handed on, before the old one is forgotten.
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
  /** Text of the private key in OpenSSH's format, without a passphrase; a secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** `SHA256:…` of the public key, as `ssh-keygen -l` prints it. */
  declare readonly fingerprint: pulumi.Output<string>;

  constructor(name: string, args: SshKeyArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SshKey", outputs: ["publicKey", "privateKey", "fingerprint"], secretOutputs: ["privateKey"] },
      name,
      args,
      opts,
    );
  }
}
