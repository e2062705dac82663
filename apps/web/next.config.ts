import type { NextConfig } from 'next'

const root = new URL('../..', import.meta.url).pathname

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: {
    root,
    // What would come with every page and is of no use here. A name that a new version no longer has changes nothing but bytes.
    resolveAlias: {
      '../build/polyfills/polyfill-module': { browser: './bundle/nothing.ts' },
      '../createLucideIcon.mjs': './bundle/lucideIcon.ts',
    },
  },
  experimental: {
    turbopackCjsTreeShaking: true,
    // Few scripts for each page: each one is packed by itself, and sixteen small ones take 5 kB more than seven. What two parts share
    // may come twice.
    turbopackChunking: {
      minChunkSize: 2_000_000,
      maxMergeChunkSize: 10_000_000,
      requestCost: 10_000_000,
      firstPageLoadPriority: 1,
    },
  },
  transpilePackages: ['@errand/contracts', '@errand/domain', '@errand/surfaces', '@errand/vault'],
  poweredByHeader: false,
  reactStrictMode: true,
  // The front door compresses; twice would only cost time.
  compress: false,
  images: { unoptimized: true },
  devIndicators: false,
  // `npm run check` checks the types, with the same compiler and once.
  typescript: { ignoreBuildErrors: true },
}

export default config
