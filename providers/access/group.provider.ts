import { wire } from "../../pve";
import { makes } from "../checks/made-here";
import { named } from "../kernel/named";
import { sameComment } from "../kernel/named.model";
import type { Session } from "../kernel/session/session";
import { groupModel, type GroupInputs } from "./group.model";
import { userConfig } from "./user-config";

interface GroupOutputs {
  readonly groupId: string;
}

interface Group {
  readonly comment: string | undefined;
  readonly members: readonly string[];
}

export const groupProvider = (session: Session) =>
  named<GroupInputs, GroupOutputs, Group>(
    {
      kind: "Group",
      noun: "group",
      name: "groupId",
      model: groupModel,
      outputs: ["groupId"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      lock: userConfig,
      async list(pve) {
        const rows = await pve.api.access.groups.$get();
        return new Map(
          rows.map((row) => [
            wire.string(row["groupid"]) ?? "",
            { comment: wire.string(row["comment"]), members: wire.strings(row["users"]) },
          ]),
        );
      },
      async read(pve, groupId) {
        const group = wire.object(await pve.api.access.groups.$(groupId).$get());
        if (!Array.isArray(group["members"])) return undefined;
        return { comment: wire.string(group["comment"]), members: wire.strings(group["members"]) };
      },
      at: ({ groupId }) => ({ groupId }),
      live: ({ comment }, at, wanted) => ({ inputs: { ...wanted, groupId: at.groupId, comment }, outputs: at }),
      create: (pve, { groupId, comment }) =>
        pve.api.access.groups.$post({ groupid: groupId, ...(comment === undefined ? {} : { comment }) }),
      change(group, inputs, was) {
        const comment = inputs.comment ?? (was.comment === undefined ? undefined : "");
        return comment === undefined || sameComment(group.comment, comment) ? undefined : { comment };
      },
      update: (pve, groupId, change) => pve.api.access.groups.$(groupId).$put(change),
      remove: (pve, groupId) => pve.api.access.groups.$(groupId).$delete(),
      /** Its members would lose what the group may do. */
      async inUse(_pve, groupId, { members }) {
        if (members.length === 0) return undefined;
        return (
          `group ${groupId} still has ${members.join(", ")}; nothing was deleted. Take them out, or keep the group ` +
          "(retainOnDelete)"
        );
      },
      isAsSent: ({ comment }, group) => sameComment(group.comment, comment) && group.members.length === 0,
      async inspect(pve, _call, { groupId }) {
        if (groupId !== undefined) makes(pve, "group", groupId);
        return [];
      },
    },
    session,
  );
