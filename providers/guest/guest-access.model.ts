import { z } from "zod";
import { durationSchema } from "../kernel/call/timeouts.model";
import { fields, optional, required } from "../kernel/fields/field";
import { hostKeyFingerprint, sshAddress } from "../kernel/fields/ssh-host.model";
import { sensitiveText } from "../kernel/secrets/sensitive";
import { vmidSchema } from "../vm/life/source.model";

const sshSchema = () =>
  fields({
    address: required("Where its SSH server is: `host`, `host:port` or `[2001:db8::1]:22`.", sshAddress(), {}),
    user: optional(
      "Who signs in: root, or somebody who may do everything by `sudo` without a password.",
      z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, "write a Linux user name"),
      { unset: "root" },
    ),
    privateKey: optional("Private key, or a reference to it; encrypted in the state.", sensitiveText(), {
      default: "that of an ssh-agent (`SSH_AUTH_SOCK`)",
    }),
    hostKeys: optional(
      "Fingerprints of its host keys, as `ssh-keygen -lf` prints them. Required, unless `insecure` is set.",
      z.array(hostKeyFingerprint()).min(1, "name at least one fingerprint"),
      { default: "none" },
    ),
    insecure: optional(
      "Any host key is trusted: whoever is in between gets root in the guest. Every run warns of it.",
      z.boolean(),
      { unset: false },
    ),
  }).superRefine(({ hostKeys, insecure }, ctx) => {
    const wrong = (key: string, message: string) => ctx.addIssue({ code: "custom", path: [key], message });
    if (hostKeys === undefined && insecure !== true)
      wrong(
        "hostKeys",
        "nothing says which host key to trust: write what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints in the guest",
      );
    if (hostKeys !== undefined && insecure === true)
      wrong("insecure", "contradicts hostKeys: it would trust any host key; remove insecure");
  });

/** A guest by its number. */
export const guestFields = () => ({
  vmid: required(
    "VMID of the guest, which needs the guest agent unless `ssh` is given. A change replaces.",
    vmidSchema.clone(),
    { effect: "replace" },
  ),
});

/** The name under which the config knows a guest. */
export const guestName = () =>
  z
    .string()
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/, "write a name of letters, digits, dots and hyphens");

/** How a guest is reached: fields of its own for each schema that has them. */
export const guestWayFields = () => ({
  ssh: optional(
    "The way into the guest by SSH, in place of the guest agent. It is used once the machine there has the uuid of this VM.",
    sshSchema(),
    { effect: "none", default: "the guest agent" },
  ),
  agentTimeout: optional("Longest wait for the guest agent, or SSH.", durationSchema.clone(), {
    effect: "none",
    unset: "10m",
  }),
});

/** How to sign in to a guest over SSH. */
export type GuestSshAccess = z.infer<ReturnType<typeof sshSchema>>;

/** The way into a guest: its agent, unless one of these says how by SSH. */
export interface GuestWay {
  /** The name under which the config has its address and its host key. */
  readonly guest?: string | undefined;
  readonly ssh?: GuestSshAccess | undefined;
  readonly agentTimeout?: string | undefined;
  /** A check looks: over SSH it signs in once, and waits for nothing. */
  readonly once?: boolean | undefined;
}
