import type { InfisicalSDK as Sdk } from "@infisical/sdk";
import { InfisicalClient, type Folder, type InfisicalOptions } from "./infisical-client";
import { InfisicalStore, type SecretStore } from "./infisical-store";
import type { SecretReference } from "./reference";
import { SourceRefused, type SecretSource } from "./source";

type Values = ReadonlyMap<string, string | undefined>;

/** Infisical as a source of secrets: one list of each folder, for all who ask during a run. */
export const infisicalSource = (options: InfisicalOptions): SecretSource => infisical(options).source;

/** Infisical, to read from and to write to, by one log-in. */
export function infisical(options: InfisicalOptions): { readonly source: SecretSource; readonly store: SecretStore } {
  const client = new InfisicalClient(options);
  const lists = new Map<string, Promise<Values>>();

  async function shared(reference: SecretReference): Promise<Values> {
    const folder = client.folder(reference);
    const key = JSON.stringify([folder.projectId, folder.environment, folder.path]);
    let found = lists.get(key);
    if (!found) {
      const where = client.place(reference);
      const asked = (found = client.ask(where, "list", async (sdk) => valuesOf(await read(sdk, folder), where)));
      lists.set(key, found);
      asked.catch(() => {
        if (lists.get(key) === asked) lists.delete(key);
      });
    }
    return found;
  }

  const source: SecretSource = {
    name: "infisical",
    place: (reference) => client.place(reference),
    unconfigured: (reference) => client.unconfigured(reference),
    async find(reference) {
      const values = await shared(reference);
      if (values.has(reference.secretRef) && values.get(reference.secretRef) === undefined)
        throw new SourceRefused(
          `${client.place(reference)}: the machine identity sees ${reference.secretRef} but not its value; let it read values`,
        );
      return values.get(reference.secretRef) || undefined;
    },
    names: async (reference) => [...(await shared(reference)).keys()],
  };
  // A folder may be imported by any other one.
  return { source, store: new InfisicalStore(client, () => lists.clear()) };
}

const read = (client: Sdk, { projectId, environment, path }: Folder) =>
  client.secrets().listSecretsWithImports({
    projectId,
    environment,
    secretPath: path,
    recursive: false,
    expandSecretReferences: true,
    viewSecretValue: true,
    // It would hand the secrets to every process that is started from here.
    attachToProcessEnv: false,
  });

/** Personal overrides belong to people: a machine identity has none, but shared ones win in any case. */
function valuesOf(secrets: Awaited<ReturnType<typeof read>>, where: string): Values {
  if (!Array.isArray(secrets)) throw new SourceRefused(`${where}: the answer is no list of secrets`);
  return new Map(
    secrets.map(({ secretKey, secretValue, secretValueHidden }) => [
      secretKey,
      secretValueHidden ? undefined : secretValue,
    ]),
  );
}
