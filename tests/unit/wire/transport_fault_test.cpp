// SPDX-License-Identifier: Apache-2.0
#include "wire/transport_fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::wire {
namespace {

TEST(TransportFault, WhatIsNotRecognisedMayHaveBeenExecuted) {
  EXPECT_EQ(fault_from_library(104, "something new").phase, FaultPhase::Answer);
  EXPECT_EQ(fault_from_library(110, "Failed to read HTTP status line").phase, FaultPhase::Answer);
  EXPECT_EQ(
      fault_from_library(104, "cannot rewind input stream for connection re-establishment").phase,
      FaultPhase::Answer);
  EXPECT_EQ(fault_from_library(1, "Retrieving message chunk header").phase, FaultPhase::Answer);
}

TEST(TransportFault, TellsThePhasesBeforeTheAnswerApart) {
  EXPECT_EQ(fault_from_library(113, "Failed to connect to any resolved endpoint").phase,
            FaultPhase::Connect);
  EXPECT_EQ(fault_from_library(1, "Error resolving address").phase, FaultPhase::Connect);
  EXPECT_EQ(fault_from_library(104, "Error in SSL handshake").phase, FaultPhase::Tls);
  EXPECT_EQ(fault_from_library(32, "Failed to write request headers").phase, FaultPhase::Write);
  EXPECT_EQ(fault_from_library(32, "Failed to write request body").phase, FaultPhase::Write);
}

TEST(TransportFault, SaysWhatToCheckWhenTrustFails) {
  const auto fault = fault_from_library(0x0A000086, "Error in SSL handshake");
  EXPECT_THAT(fault.text, ::testing::HasSubstr("certificate verify failed (check the CA"));
}

TEST(TransportFault, OnlyAMissingAnswerToAWriteIsUnknown) {
  for (const FaultPhase phase :
       {FaultPhase::Stale, FaultPhase::Connect, FaultPhase::Tls, FaultPhase::Write}) {
    EXPECT_EQ(kind_of(phase, Method::Patch), ErrorKind::Unavailable);
  }
  EXPECT_EQ(kind_of(FaultPhase::Answer, Method::Patch), ErrorKind::OutcomeUnknown);
  EXPECT_EQ(kind_of(FaultPhase::Answer, Method::Delete), ErrorKind::OutcomeUnknown);
  EXPECT_EQ(kind_of(FaultPhase::Answer, Method::Get), ErrorKind::Unavailable);
}

}  // namespace
}  // namespace evalscaler::wire
