//! What `?wsdl` gets: the one operation this partner speaks with us. The address is a path, because the gateway's
//! name is not the adapter's to know: clients set the base URL they were given.

use crate::describe::PATH;
use crate::settings::Service;

pub(super) fn write(service: Service) -> String {
    let types = match service {
        Service::Text => ["string", "string"],
        Service::Bytes => ["base64Binary", "base64Binary"],
    };
    let system = match service {
        Service::Text => "",
        Service::Bytes => {
            "<xs:element name=\"syscode\" type=\"xs:string\"/><xs:element name=\"sysmsg\" type=\"xs:string\"/>"
        }
    };
    let [parameter_type, result_type] = types;
    TEMPLATE
        .replace("{operation}", service.operation())
        .replace("{parameter}", service.parameter())
        .replace("{parameter-type}", parameter_type)
        .replace("{result}", service.result())
        .replace("{result-type}", result_type)
        .replace("{system}", system)
        .replace("{path}", PATH)
}

const TEMPLATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ns="http://pojo.webservice.service.ybdy.sinobest.cn"
    targetNamespace="http://pojo.webservice.service.ybdy.sinobest.cn">
  <wsdl:types>
    <xs:schema elementFormDefault="qualified" targetNamespace="http://pojo.webservice.service.ybdy.sinobest.cn">
      <xs:element name="{operation}"><xs:complexType><xs:sequence><xs:element name="TransNo" type="xs:string"/><xs:element name="{parameter}" type="xs:{parameter-type}"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="{operation}Response"><xs:complexType><xs:sequence><xs:element name="{result}" type="xs:{result-type}"/>{system}</xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="Request"><wsdl:part name="parameters" element="ns:{operation}"/></wsdl:message>
  <wsdl:message name="Response"><wsdl:part name="parameters" element="ns:{operation}Response"/></wsdl:message>
  <wsdl:portType name="PortType">
    <wsdl:operation name="{operation}"><wsdl:input message="ns:Request"/><wsdl:output message="ns:Response"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="SoapBinding" type="ns:PortType">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
    <wsdl:operation name="{operation}">
      <soap:operation soapAction="" style="document"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="STYDJKService">
    <wsdl:port name="SoapPort" binding="ns:SoapBinding"><soap:address location="{path}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"#;
