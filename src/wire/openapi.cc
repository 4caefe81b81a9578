// The description of the REST calls for machines, made by walking the descriptors of proto/rest.proto.
#include <google/protobuf/descriptor.h>

#include <boost/json.hpp>
#include <set>

#include "base/check.h"
#include "errors.pb.h"
#include "options.pb.h"
#include "rest.pb.h"
#include "wire/rest_calls.h"

namespace homing::wire {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kJson = "application/json";

json::object reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

class Document {
 public:
  explicit Document(const std::string& version) {
    const auto& service = *v1::NewMessage::descriptor()->file()->FindServiceByName("Rest");
    for (int i = 0; i < service.method_count(); ++i) add(*service.method(i));
    schemas_["Error"] = error_schema();
    text_ = json::serialize(json::object{
        {"openapi", "3.1.0"},
        {"info",
         json::object{{"title", "Homing"},
                      {"version", version},
                      {"description", "Refusals have a code; match that, never the text. docs/API.md has examples."}}},
        {"paths", std::move(paths_)},
        {"components", json::object{{"schemas", std::move(schemas_)},
                                    {"securitySchemes",
                                     json::object{{"token", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}}}});
  }
  std::string take() && { return std::move(text_); }

 private:
  void add(const google::protobuf::MethodDescriptor& method) {
    const v1::Route& route = method.options().GetExtension(v1::route);
    std::string verb = route.method();
    for (char& c : verb) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (int i = 0; i < route.path_size(); ++i) {
      json::value& path = paths_.emplace(route.path(i), json::object()).first->value();
      json::object operation = describe(method, route, route.path(i));
      operation["operationId"] = i == 0 ? method.name() : method.name() + std::to_string(i + 1);
      path.as_object()[verb] = std::move(operation);
    }
  }

  json::object describe(const google::protobuf::MethodDescriptor& method, const v1::Route& route,
                        const std::string& path) {
    json::object operation{{"summary", route.summary()}, {"responses", answers(*method.output_type(), route)}};
    if (!route.open()) operation["security"] = json::array{json::object{{"token", json::array()}}};
    json::array parameters;
    const Descriptor& in = *method.input_type();
    for (int i = 0; i < in.field_count(); ++i) {
      const FieldDescriptor& field = *in.field(i);
      bool in_path = path.find("{" + field.name() + "}") != std::string::npos;
      if (!in_path && route.takes_size() > 0) continue;
      json::object parameter{{"name", field.name()},
                             {"in", in_path ? "path" : "query"},
                             {"required", in_path},
                             {"schema", value_schema(field)}};
      parameters.push_back(std::move(parameter));
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (route.takes_size() > 0) {
      json::object content;
      for (const std::string& type : route.takes()) {
        bool named = type == kJson || type == "multipart/form-data";
        content[type] = named ? json::object{{"schema", use(in)}} : json::object();
      }
      operation["requestBody"] = json::object{{"required", true}, {"content", std::move(content)}};
    }
    return operation;
  }

  json::object answers(const Descriptor& out, const v1::Route& route) {
    json::object well{{"description", "Done."}};
    if (!route.gives().empty()) {
      well["content"] = json::object{{route.gives(), json::object()}};
    } else if (out.field_count() > 0) {
      well["content"] = json::object{{kJson, json::object{{"schema", use(out)}}}};
    }
    json::object answers{{std::to_string(route.status()), std::move(well)}};
    std::set<std::string> codes{"bad_frame", "invalid_argument", "too_big", "rate_limited", "unavailable"};
    if (!route.open()) codes.insert("unauthenticated");
    codes.insert(route.errors().begin(), route.errors().end());
    for (const std::string& code : codes) {
      const auto* value = v1::ErrorCode_descriptor()->FindValueByName(code);
      CHECK(value != nullptr) << code << " of proto/rest.proto is not in proto/errors.proto";
      const v1::ErrorFact& fact = value->options().GetExtension(v1::error);
      json::value& answer = answers[std::to_string(fact.http())];
      if (!answer.is_object()) {
        answer = json::object{{"description", ""},
                              {"content", json::object{{kJson, json::object{{"schema", reference("Error")}}}}}};
      }
      json::string& text = answer.as_object()["description"].as_string();
      text += (text.empty() ? "`" : " `") + code + "`: " + fact.text();
    }
    return answers;
  }

  // A reference to the message's schema, which is made when it is used first.
  json::object use(const Descriptor& message) {
    if (schemas_.contains(message.name())) return reference(message.name());
    schemas_[message.name()] = json::object();  // it may contain itself
    json::object properties;
    json::array required;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      properties[field.name()] = value_schema(field);
      if (field.options().GetExtension(v1::limit).min_bytes() > 0) required.emplace_back(field.name());
    }
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    schemas_[message.name()] = std::move(schema);
    return reference(message.name());
  }

  json::object value_schema(const FieldDescriptor& field) {
    json::object one = item_schema(field);
    const v1::Limit& limit = field.options().GetExtension(v1::limit);
    if (field.is_repeated()) {
      one = json::object{{"type", "array"}, {"items", std::move(one)}};
      if (limit.max_items() > 0) one["maxItems"] = limit.max_items();
    }
    const std::string& about = field.options().GetExtension(v1::about);
    if (!about.empty()) one["description"] = about;
    return one;
  }

  json::object item_schema(const FieldDescriptor& field) {
    const v1::Limit& limit = field.options().GetExtension(v1::limit);
    switch (field.type()) {
      case FieldDescriptor::TYPE_MESSAGE: return use(*field.message_type());
      case FieldDescriptor::TYPE_ENUM: {
        json::array names;
        for (int i = 0; i < field.enum_type()->value_count(); ++i)
          names.emplace_back(field.enum_type()->value(i)->name());
        return {{"type", "string"}, {"enum", std::move(names)}};
      }
      case FieldDescriptor::TYPE_BOOL: return {{"type", "boolean"}};
      case FieldDescriptor::TYPE_DOUBLE: return {{"type", "number"}};
      case FieldDescriptor::TYPE_UINT32: return {{"type", "integer"}, {"minimum", 0}};
      case FieldDescriptor::TYPE_BYTES: return {{"type", "string"}, {"format", "binary"}};
      case FieldDescriptor::TYPE_STRING: {
        json::object text{{"type", "string"}};
        // Limits count bytes of UTF-8; as characters they are the most there can be.
        if (limit.max_bytes() > 0) text["maxLength"] = limit.max_bytes();
        if (limit.min_bytes() > 0) text["minLength"] = limit.min_bytes();
        return text;
      }
      default: return {{"type", "string"}};  // 64 bits
    }
  }

  static json::object error_schema() {
    json::array codes;
    const auto& values = *v1::ErrorCode_descriptor();
    for (int i = 1; i < values.value_count(); ++i) codes.emplace_back(values.value(i)->name());
    json::object members{{"code", json::object{{"type", "string"}, {"enum", std::move(codes)}}},
                         {"text", json::object{{"type", "string"}}},
                         {"field", json::object{{"type", "string"}}},
                         {"retry_after_ms", json::object{{"type", "integer"}}}};
    json::object error{{"type", "object"}, {"required", json::array{"code"}}, {"properties", std::move(members)}};
    return {{"type", "object"}, {"properties", json::object{{"error", std::move(error)}}}};
  }

  json::object paths_;
  json::object schemas_;
  std::string text_;
};

}  // namespace

std::string openapi_json(const std::string& version) { return Document(version).take(); }

}  // namespace homing::wire
