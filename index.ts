/** The library's public surface. */
export { GoldenImage, type GoldenImageArgs, type ProvisionStep } from "./components/golden-image";
export { Fleet, type FleetArgs, type FleetRow } from "./components/fleet";
export { NodeTemplates, type NodeTemplatesArgs } from "./components/node-templates";
export { catalogue, images, type CatalogueImage, type CatalogueName } from "./providers/image/catalogue";
export { Nodes } from "./providers/cluster/nodes";
export type { NodeFacts } from "./providers/cluster/nodes.model";
export { CloudImage, type CloudImageArgs } from "./providers/image/cloud-image";
export { Pool, type PoolArgs } from "./providers/pool/pool";
export { Provider, type ProviderArgs } from "./providers/provider";
export { Snippet, type SnippetArgs } from "./providers/snippet/snippet";
export { Storage, type StorageArgs } from "./providers/storage/storage";
export { Template, type TemplateArgs } from "./providers/vm/template";
export { Vm, type VmArgs } from "./providers/vm/vm";
export { secret, type SecretOptions, type SecretReference } from "./secrets/reference";
