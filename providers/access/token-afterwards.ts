import type { Pve } from "../kernel/session/pve-session";
import { withTokenMark } from "./token-mark";
import { changeToken, findToken, fullId, type Token } from "./tokens";
import { userConfig } from "./user-config";

/** The old one ends by itself, also if nobody comes back: Proxmox knows its last moment. */
export async function retire(pve: Pve, user: string, tokenId: string, mark: string, until: number) {
  const later = pve.process.connection;
  const isOurs = (token: Token | undefined): token is Token => token?.mark?.made === mark;
  await pve.writeAfterwards({
    what: `retiring token ${fullId(user, tokenId)}`,
    lock: userConfig,
    send: async () => {
      const token = await findToken(later, user, tokenId);
      if (!isOurs(token)) return;
      const expire = Number(token.texts["expire"] ?? 0);
      if (expire === 0 || expire > until) await changeToken(later, user, tokenId, { expire: String(until) });
    },
    // Done again, it does the same.
    happened: async () => false,
  });
}

/** The word that says that nobody knows its value goes. */
export async function finished(pve: Pve, user: string, tokenId: string, mark: string): Promise<void> {
  const later = pve.process.connection;
  await pve.writeAfterwards({
    what: `marking token ${fullId(user, tokenId)} as recorded`,
    lock: userConfig,
    send: async () => {
      const token = await findToken(later, user, tokenId);
      if (token?.mark?.made !== mark || !token.mark.unfinished) return;
      const comment = withTokenMark(token.comment, { ...token.mark, unfinished: false });
      await changeToken(later, user, tokenId, { comment });
    },
    happened: async () => false,
  });
}
