import { z } from "zod";
import { parseHostKeyFingerprint, parseSshAddress } from "../../../pve/format/ssh-host";

/** Where an SSH server is. */
export const sshAddress = () =>
  z
    .string()
    .refine(
      (text) => parseSshAddress(text) !== undefined,
      "write host, host:port or [2001:db8::1]:22, with a port from 1 to 65535",
    );

/** How a host key is pinned. */
export const hostKeyFingerprint = () =>
  z
    .string()
    .refine(
      (text) => parseHostKeyFingerprint(text) !== undefined,
      "write a fingerprint as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it there: SHA256:…",
    );
