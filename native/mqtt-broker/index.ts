export { startMqttBroker, type MqttBroker, type MqttBrokerOptions } from './start-mqtt-broker.ts';
