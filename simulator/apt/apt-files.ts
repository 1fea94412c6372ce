import { createHash } from "node:crypto";
import { die, textOf } from "../errors.js";
import { suiteOf } from "../node/proxmox-version.js";
import type { AptFile, AptRepository } from "../world/node.js";
import type { NodeState } from "../world/world.js";
import { installedLists, installedSources } from "./installed.js";
import { readList, writeList } from "./one-line-format.js";
import { isRepository, proxmoxKey, repositoryOf, sourcesFolder, standardOf } from "./standard-repositories.js";

const listsOf = (node: NodeState): Record<string, string> => (node.aptLists ??= installedLists(node));
const sourcesOf = (node: NodeState): AptFile[] => (node.apt ??= installedSources(node));

const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
const isList = (path: string): boolean => path.endsWith(".list");

interface ReadFiles {
  readonly files: readonly AptFile[];
  /** Of files that cannot be read. */
  readonly errors: readonly { readonly path: string; readonly error: string }[];
}

/** /etc/apt/sources.list, then what is in the folder. */
function read(node: NodeState): ReadFiles {
  const files: AptFile[] = [];
  const errors: { path: string; error: string }[] = [];
  for (const [path, text] of Object.entries(listsOf(node)))
    try {
      files.push({ path, repositories: readList(text) });
    } catch (error) {
      errors.push({ path, error: textOf(error) });
    }
  return { files: [...files, ...sourcesOf(node)].sort(byPath), errors: errors.sort(byPath) };
}

/** A file is written as a whole. */
function write(node: NodeState, { path, repositories }: AptFile): void {
  if (isList(path)) listsOf(node)[path] = writeList(repositories);
  else node.apt = [...sourcesOf(node).filter((file) => file.path !== path), { path, repositories }].sort(byPath);
}

/** What `pveceph install` writes of its own, also for a release that the API has no handle for: the file of Ceph, anew. */
export function writeCephSources(node: NodeState, release: string, kind: string): void {
  const uri = `${kind === "enterprise" ? "https://enterprise" : "http://download"}.proxmox.com/debian/ceph-${release}`;
  const suite = suiteOf(node);
  if (suite === "bookworm") {
    listsOf(node)[`${sourcesFolder}/ceph.list`] = `deb ${uri} ${suite} ${kind}\n`;
    return;
  }
  const written: AptRepository = {
    ...{ Types: ["deb"], URIs: [uri], Suites: [suite], Components: [kind], FileType: "sources", Enabled: 1 },
    Options: [{ Key: "Signed-By", Values: [proxmoxKey] }],
  };
  write(node, { path: `${sourcesFolder}/ceph.sources`, repositories: [written] });
}

const sha256 = (content: string | Buffer): Buffer => createHash("sha256").update(content).digest();

const digestOfFile = (node: NodeState, { path, repositories }: AptFile): Buffer =>
  sha256(isList(path) ? (listsOf(node)[path] ?? "") : JSON.stringify(repositories));

/** Of the digests of all files that can be read, in the order of their paths. */
const commonDigest = (node: NodeState, files: readonly AptFile[]): string =>
  sha256(Buffer.concat([...files].sort(byPath).map((file) => digestOfFile(node, file)))).toString("hex");

/** What is empty is left out. */
const row = ({ Options, ...one }: AptRepository) => ({ ...one, ...(Options.length > 0 ? { Options } : {}) });

const originOf = ({ URIs }: AptRepository): string =>
  URIs.some((uri) => uri.includes("proxmox.com")) ? "Proxmox" : "Debian";

/** `GET /nodes/{node}/apt/repositories`. */
export function aptRepositories(node: NodeState) {
  const { files, errors } = read(node);
  const all = files.flatMap(({ repositories }) => repositories);
  return {
    files: files.map((file) => ({
      path: file.path,
      repositories: file.repositories.map(row),
      "file-type": isList(file.path) ? "list" : "sources",
      digest: [...digestOfFile(node, file)],
    })),
    errors,
    infos: files.flatMap(({ path, repositories }) =>
      repositories.map((one, index) => ({ ...{ path, index, kind: "origin" }, message: originOf(one) })),
    ),
    "standard-repos": Object.entries(standardOf(node)).map(([handle, wanted]) => {
      const found = all.filter((one) => isRepository(node, one, wanted));
      const status = found.some(({ Enabled }) => Enabled === 1) ? 1 : 0;
      const { name, description } = wanted;
      return { handle, name, description, ...(found.length === 0 ? {} : { status }) };
    }),
    digest: commonDigest(node, files),
  };
}

/** Those that packages come from, as apt sees them. */
export const enabledRepositories = (node: NodeState): AptRepository[] =>
  read(node)
    .files.flatMap(({ repositories }) => repositories)
    .filter(({ Enabled }) => Enabled === 1);

function checkDigest(node: NodeState, files: readonly AptFile[], digest: string | undefined): void {
  if (digest === undefined || digest === commonDigest(node, files)) return;
  throw die("detected modified configuration - file changed by other user? Try again.");
}

/** In a stanza a repository is switched by an option of its own, a line by a `#` before it. */
function setEnabled(repository: AptRepository, enabled: boolean): void {
  repository.Enabled = enabled ? 1 : 0;
  if (repository.FileType === "list") return;
  const options = repository.Options.filter(({ Key }) => Key !== "Enabled");
  repository.Options = [...options, { Key: "Enabled", Values: [String(enabled)] }];
}

/**
 * `PUT`: adds a standard repository, or enables it where it is there already. What is there already it looks for under the
 * addresses of the Backup Server (proxmox-apt before 1.0): so one of Proxmox VE is written once more, whatever is there
 * (scenario 46, lines 19, 34 and 37), and one of the Backup Server is enabled in its place.
 */
export function addRepository(node: NodeState, handle: string, digest?: string): void {
  const wanted = standardOf(node)[handle];
  const lookedFor = standardOf(node, "pbs")[handle];
  if (!wanted || !lookedFor) {
    const known = Object.keys(standardOf(node)).map((name) => `\`${name}\``);
    throw die(`error: unknown variant \`${handle}\`, expected one of ${known.join(", ")}`);
  }
  const { files, errors } = read(node);
  checkDigest(node, files, digest);
  for (const file of files) {
    const existing = file.repositories.find((one) => isRepository(node, one, lookedFor));
    if (!existing) continue;
    if (existing.Enabled) return;
    setEnabled(existing, true);
    return write(node, file);
  }
  const broken = errors.find(({ path }) => path === wanted.file);
  if (broken) throw die(`unable to parse existing file ${broken.path} - ${broken.error}`);
  const file = files.find(({ path }) => path === wanted.file);
  write(node, { path: wanted.file, repositories: [...(file?.repositories ?? []), repositoryOf(node, wanted)] });
}

/** `POST`: switches one repository of a file on or off. */
export function changeRepository(
  node: NodeState,
  path: string,
  index: number,
  enabled: boolean | undefined,
  digest?: string,
): void {
  if (index < 0) throw die(`error: invalid value: integer \`${index}\`, expected usize`);
  const { files, errors } = read(node);
  checkDigest(node, files, digest);
  const broken = errors.find((each) => each.path === path);
  if (broken) throw die(`unable to parse file ${broken.path} - ${broken.error}`);
  const file = files.find((each) => each.path === path);
  if (!file) throw die(`invalid path - ${path}`);
  const found = file.repositories[index];
  if (!found) throw die(`invalid index - ${index}`);
  if (enabled !== undefined) setEnabled(found, enabled);
  write(node, file);
}
