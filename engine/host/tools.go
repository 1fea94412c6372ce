//go:build tools

// Package engine pins what Pulumi's language host for Node.js is built from where no release of it can be downloaded.
package engine

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
