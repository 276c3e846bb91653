export { durableText } from './durable-text.ts';
export {
  createSiteFolder,
  keysFolderOfNewSite,
  openSiteFolder,
  readNetwork,
  writeNetwork,
  SiteNetwork,
  type SiteFolder,
  type SitePaths,
} from './site-folder.ts';
