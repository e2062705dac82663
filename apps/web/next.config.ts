import type { NextConfig } from 'next'

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: new URL('../..', import.meta.url).pathname,
  turbopack: { root: new URL('../..', import.meta.url).pathname },
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
