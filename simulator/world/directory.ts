/** What a directory server answers to the searches of a realm. */
export interface Directory {
  /** Users by name, with the fields that their attributes are mapped to. */
  users: Record<string, { firstname?: string; lastname?: string; email?: string; comment?: string; keys?: string }>;
  /** Members of groups, by the group's name. */
  groups: Record<string, string[]>;
}
