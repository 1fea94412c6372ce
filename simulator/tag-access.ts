import { splitList } from "./formats/list.js";
import { denied } from "./errors.js";
import type { Rights } from "./rights.js";
import type { Cluster } from "./world/world.js";

interface TagAccess {
  readonly privileged: boolean;
  /** Tags that are not registered need no list. */
  readonly free: boolean;
  readonly registered: readonly string[];
  readonly allowed: ReadonlySet<string>;
}

/** Which tags a caller may give: the registered ones and those of user-tag-access (PVE/GuestHelpers.pm get_allowed_tags). */
export function tagAccess({ options, guests }: Cluster, rights: Rights): TagAccess {
  const access = options["user-tag-access"] ?? "";
  const mode = /(?:^|,)user-allow=([^,]+)/.exec(access)?.[1] ?? "free";
  const privileged = rights.has("/", "Sys.Modify");
  const registered = splitList(options["registered-tags"] ?? "");
  const listed = splitList(/(?:^|,)user-allow-list=([^,]+)/.exec(access)?.[1] ?? "");
  const visible = Object.values(guests).filter(({ vmid }) => rights.hasVm(vmid, undefined, "VM.Audit"));
  const used = visible.flatMap(({ config }) => splitList(config["tags"] ?? ""));
  const given = [
    ...(privileged || mode !== "none" ? listed : []),
    ...(privileged || mode === "free" || mode === "existing" ? used : []),
  ];
  const allowed = privileged ? [...given, ...registered] : given.filter((tag) => !registered.includes(tag));
  return { privileged, free: mode === "free", registered, allowed: new Set(allowed) };
}

/**
 * Refuses a change of tags that the caller may not give or take (assert_tag_permissions in PVE/GuestHelpers.pm;
 * scenario 42, lines 366 to 425). Which of several is named is chance there: here it is one that is taken away.
 */
export function checkTagChange(cluster: Cluster, rights: Rights, before: string, after: string): void {
  const { privileged, free, registered, allowed } = tagAccess(cluster, rights);
  if (privileged) return;
  const [old, wanted] = [splitList(before), splitList(after)];
  const changed = [...old.filter((tag) => !wanted.includes(tag)), ...wanted.filter((tag) => !old.includes(tag))];
  const refused = changed.find((tag) => !allowed.has(tag) && !(free && !registered.includes(tag)));
  if (refused !== undefined) throw denied(`/, Sys.Modify for modifying tag '${refused}'`);
}
