export {
  createSiteFolder,
  openSiteFolder,
  readNetwork,
  sitePaths,
  writeNetwork,
  SiteNetwork,
  type SiteFolder,
  type SitePaths,
} from './site-folder.ts';
