//go:build tools

// Package engine pins what the Pulumi command line is built from where no release of it can be downloaded.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
