export { acceptDelivery, DeliveryWindow } from './delivery-window.ts';
export { decideReport, ReportOrder, type ReportDecision } from './report-order.ts';
export { DeviceRecord } from './device-record.ts';
export { deviceStatus, STATUS_LIMITS, type DeviceStatus } from './device-status.ts';
export { deviceView } from './device-view.ts';
export { lineTiles } from './line-tiles.ts';
export { DESIRED_VALIDITY, nextDesired, renewedDesired } from './desired.ts';
export {
  CODE_SECRET_BYTES,
  decideCode,
  deviceIdFor,
  enrolmentCodeText,
  EnrolmentCodeRecord,
  readEnrolmentCode,
} from './enrolment-code.ts';
export { ENROLMENT_FAILURES, isBlocked, recentFailures } from './failure-limit.ts';
export { maySubscribe, publishedLeaf, type PublishedLeaf } from './topic-rules.ts';
export { peerIdentity } from './peer-identity.ts';
export { readDeviceCsv, type PlannedDevice } from './device-csv.ts';
export { mqttFrameGuard } from './mqtt-frame-guard.ts';
