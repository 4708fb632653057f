import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * What the built page may load and reach: its own files, and the sockets and addresses of clusters elsewhere,
 * which the person names. No inline script and no eval.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "worker-src 'self'",
  "connect-src 'self' ws: wss: http: https:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What the first moments need and later parts share: as one file it is smaller than as twenty. */
const firstModules =
  /\/src\/(?:cluster\/(?:cluster-control|cluster-status|remote\/unreal-actions)|host\/(?:actor|flow-config|raft-config)|kv\/(?:clerk|clerk-read|command-size|limits)|raft\/(?:assert-unreachable|configuration|quorum|rules)|timeline\/(?:action-fault|availability|inverse|node-log|noise|run-schema|step|words|world))\.ts$/;

function contentSecurityPolicyTag(): Plugin {
  return {
    name: 'content-security-policy-tag',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** Names all files of the site that the page may need later: one that a node serves gets them while the node is there. */
function partsList(): Plugin {
  return {
    name: 'parts-list',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      // Until then there are chunks that hold styles alone, and are taken out.
      order: 'post',
      handler(_options, bundle) {
        const parts = Object.keys(bundle).filter((name) => /\.(?:js|css)$/.test(name));
        this.emitFile({ type: 'asset', fileName: 'parts.json', source: JSON.stringify(parts.sort()) });
      },
    },
  };
}

export default defineConfig({
  // Relative addresses: the site works from any folder of any server.
  base: './',
  plugins: [react(), contentSecurityPolicyTag(), partsList()],
  resolve: {
    // The policy forbids eval, and this build of msgpackr does not try it.
    alias: [{ find: /^msgpackr$/, replacement: 'msgpackr/index-no-eval' }],
  },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    sourcemap: true,
    outDir: 'dist',
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: firstModules }] } } },
  },
  preview: { host: '127.0.0.1', port: 5173, strictPort: true },
});
