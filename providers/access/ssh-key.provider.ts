import { define } from "../kernel/define";
import type { Session } from "../kernel/session/session";
import { makeKeyPair, type SshKeyPair } from "./openssh-key";
import { sshKeyModel, type SshKeyInputs } from "./ssh-key.model";

/** It is nowhere but in the state: there is nothing to be looked at, to be changed in place, or to be deleted. */
export const sshKeyProvider = (session: Session) =>
  define<SshKeyInputs, SshKeyPair>(
    {
      kind: "SshKey",
      model: sshKeyModel,
      outputs: ["publicKey", "privateKey", "fingerprint"],
      timeouts: { create: "2m", update: "1m", delete: "1m", read: "1m" },
      observe: async (_call, at, wanted) => {
        session.secrets.remember(at.privateKey);
        return { inputs: wanted, outputs: at };
      },
      async ensure(call, { type = "ed25519", bits = 4096, comment = "" }, made) {
        await call.safePoint();
        const at = await makeKeyPair(type === "rsa" ? { type, bits } : { type }, comment);
        session.secrets.remember(at.privateKey);
        made(at.fingerprint, at);
        call.report.result(at.fingerprint);
        return { id: at.fingerprint, at };
      },
      async remove(call, at) {
        call.report.result(`${at.fingerprint} is forgotten; where its public key was put, it still signs in`);
      },
    },
    session,
  );
