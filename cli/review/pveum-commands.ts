import type { LeastPrivilege } from "../../privileges";

/** A path, a privilege or a user's name that no shell takes for more than a word. */
const isPlain = (word: string): boolean => /^[\w@./!-]+$/.test(word);

/** Commands for a node's shell: a role for each set of privileges, given on its paths. */
export function pveumCommands({ paths, rootOnly }: LeastPrivilege, user: string): string {
  for (const word of [user, ...Object.keys(paths)])
    if (!isPlain(word)) throw new Error(`${JSON.stringify(word)} is nothing that a command could name`);
  const bySet = new Map<string, string[]>();
  for (const [path, privileges] of Object.entries(paths)) {
    const set = privileges.join(" ");
    bySet.set(set, [...(bySet.get(set) ?? []), path]);
  }
  const roles = [...bySet].flatMap(([set, on], i) => [
    `pveum role add Pulumi${i + 1} --privs "${set}"`,
    // On the root alone it would reach everywhere.
    ...on.map(
      (path) =>
        `pveum acl modify ${path} --users ${user} --roles Pulumi${i + 1}${path === "/" ? " --propagate 0" : ""}`,
    ),
  ]);
  const root = rootOnly.map((kind) => `# ${kind}: only root@pam with its password, no role is enough`);
  return `${[...roles, ...root].join("\n")}\n`;
}
