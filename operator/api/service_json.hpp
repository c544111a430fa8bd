// SPDX-License-Identifier: Apache-2.0
// EvaluationService as JSON: what the API server and files hold, from and to the structs.
//
// Reading applies the schema's defaults where a field is absent or null. Errors are Invalid
// and begin with the value's path; an unknown enum text is an error of that object, never a
// default. Reading checks types only: validate() judges the values.
#pragma once

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::api {

enum class UnknownFields {
  Ignore,  // objects of the API server: a newer schema may know more
  Refuse,  // files: a misspelt field must not be lost
};

// `spec` and `status` are the members' values.
Result<ServiceSpec> read_spec(wire::JsonCursor& spec, UnknownFields unknown);
Result<ServiceStatus> read_status(wire::JsonCursor& status);

// Writes the object as one value. Times are cut to seconds, texts to what the schema takes;
// every list is written, empty ones too, so that a merge patch replaces what was there. Two
// statuses are the same for the API server if they are written as the same text.
void write_status(wire::JsonWriter& out, const ServiceStatus& status);
// The same, of a tier's plan alone.
void write_plan(wire::JsonWriter& out, const PlanStatus& plan);

struct ServiceFile {
  ObjectKey key;  // the namespace is empty if the file names none
  ServiceSpec spec;
};

// An EvaluationService manifest; unknown fields of spec are refused. Errors begin with the
// path, for YamlDocument::placed(). Not validated yet.
Result<ServiceFile> read_service_file(const wire::YamlDocument& document);

}  // namespace evalscaler::api
